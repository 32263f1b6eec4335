// Durations in the schema: what takes how long in virtual time.
#include "sim/schema_parts.hpp"
#include "sim/timed/takes.hpp"

namespace quiesce::sim::schema {
namespace {

/// One key says which distribution it is.
Json shape(const char* name, Json value) {
  Json map = map_with({{name, std::move(value)}});
  map["required"] = {name};
  return map;
}

Json pair_of(const char* first, const char* second) {
  Json map = map_with({{first, ref("quantity")}, {second, ref("quantity")}});
  map["required"] = {first, second};
  return map;
}

Json range() {
  return {{"description", "a duration, LO..HI, or the name of a parameter"},
          {"type", "string"},
          {"minLength", 1}};
}

Json laid_over_pair(const char* first, const char* second) {
  return or_null(map_with({{first, or_null(ref("quantity"))}, {second, or_null(ref("quantity"))}}));
}

}  // namespace

Json quantity() {
  return {{"description", "a duration such as 1.5us, a number, or the name of a parameter"},
          {"type", {"string", "number"}}};
}

Json distribution() {
  return {
      {"anyOf", Json::array({range(), shape("exponential", ref("quantity")), shape("rate", ref("quantity")),
                             shape("normal", pair_of("mean", "deviation")),
                             shape("log_normal", pair_of("median", "sigma")),
                             shape("observed", list_of(ref("quantity")))})}};
}

Json distribution_overlay() {
  const Json one = or_null(ref("quantity"));
  return or_null(
      {{"anyOf", Json::array({range(), map_with({{"exponential", one},
                                                 {"rate", one},
                                                 {"normal", laid_over_pair("mean", "deviation")},
                                                 {"log_normal", laid_over_pair("median", "sigma")},
                                                 {"observed", or_null(list_of(ref("quantity")))}})})}});
}

Json durations(Flavour flavour) {
  const bool overlays = flavour == Flavour::kOverlay;
  const char* const drawn = overlays ? "distribution_overlay" : "distribution";
  const auto section_of = [&](const char* what) {
    return or_null(map_of(overlays ? or_null(ref(what)) : ref(what)));
  };
  const Json each = section_of(drawn);
  const Json numbers = section_of("quantity");
  Json keys{{"parameters", numbers},
            {"steps", each},
            {"devices", each},
            {"load", numbers},
            {"watchdogs", each},
            {"hz", ref("quantity")},
            {"back_off", ref("quantity")},
            {"console", ref(drawn)},
            {"uptime", ref(drawn)}};
  for (const timed::TakesInfo& info : timed::all_takes()) keys[std::string(info.name)] = ref(drawn);
  if (overlays) {
    for (auto& [key, schema] : keys.items()) schema = or_null(schema);
  }
  return map_with(std::move(keys));
}

}  // namespace quiesce::sim::schema
