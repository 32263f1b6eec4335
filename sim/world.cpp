#include "sim/world.hpp"

#include <charconv>

namespace quiesce::sim {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::vector<std::string> split_names(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    names.emplace_back(trim(list.substr(0, comma)));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return names;
}

/// Linux's error numbers, which routines return negated. Linux v6.18 include/uapi/asm-generic/errno-base.h
/// and errno.h.
const std::vector<std::pair<std::string, std::int32_t>>& error_numbers() {
  static const std::vector<std::pair<std::string, std::int32_t>> kErrors{
      {"EPERM", 1},  {"EINTR", 4},   {"EIO", 5},         {"EAGAIN", 11},     {"ENOMEM", 12},
      {"EBUSY", 16}, {"EEXIST", 17}, {"ENODEV", 19},     {"EINVAL", 22},     {"ENOSPC", 28},
      {"ENOENT", 2}, {"EACCES", 13}, {"EOPNOTSUPP", 95}, {"ETIMEDOUT", 110}, {"EPROBE_DEFER", 517}};
  return kErrors;
}

/// Finding kinds that something can raise: a kind that nothing looks for must not be said to hold.
const std::vector<std::string>& builtin_finding_kinds() {
  static const std::vector<std::string> kKinds{
      "deadlock",    "livelock",  "null_dereference", "cmd_sync_timeout",
      "soft_lockup", "hung_task", "rcu_stall",        "sleep_in_atomic",
      "lock_misuse", "panic",     "range_error",      "unpredictable_register"};
  return kKinds;
}

}  // namespace

World::World(const Node& doc, const std::set<std::string>* written, Diagnostics& diagnostics)
    : document(&doc), errors(&diagnostics), finding_kinds(builtin_finding_kinds()), written_(written) {
  for (const auto& [name, number] : error_numbers()) add_constant(name, number, int_type(0, 1000));
  add_constant("true", 1, bool_type());
  add_constant("false", 0, bool_type());
  read_machine();
  // Nothing looks for what no device can do.
  if (has_traffic())
    finding_kinds.insert(finding_kinds.end(), {"untranslated_dma", "stale_dma", "dma_into_next_kernel"});
  if (has_legacy()) finding_kinds.emplace_back("unclocked_access");
  if (has_freeable()) finding_kinds.emplace_back("use_after_free");
  read_types();
  read_class_fields();
  read_objects();
  read_globals();
  read_locks();
  read_functions();
  read_routines();
  read_hooks();
  read_tasks();
  read_works();
  read_ksoftirqds();
  read_contexts();
  read_rules();
  read_findings();
  read_counts();
  check_forms();
  check_hooks();
  check_drivers();
}

const Node* World::section(std::string_view name) const {
  const Node* found = document->find(name);
  if (found == nullptr || found->is_null()) return nullptr;
  if (!found->is_map()) {
    errors->error(found->at, "'" + std::string(name) + "' must be a map of names");
    return nullptr;
  }
  return found;
}

void World::expect_keys(const Node& map, const std::vector<std::string>& valid, std::string_view what) {
  if (!map.is_map()) {
    errors->error(map.at, std::string(what) + " must be a map");
    return;
  }
  for (const Node::Entry& entry : map.entries) {
    bool known = false;
    for (const std::string& name : valid) known = known || name == entry.key;
    if (!known) {
      errors->error(entry.key_at, "unknown key '" + entry.key + "' in " + std::string(what),
                    nearest_name_hint(entry.key, valid), static_cast<unsigned>(entry.key.size()));
    }
  }
}

/// What a complete search must count. The report compares; a number that can never be is a mistake here.
void World::read_counts() {
  const Node* counts = document->find("counts");
  if (counts == nullptr || counts->is_null()) return;
  expect_keys(*counts, {"states", "transitions"}, "'counts'");
  for (const Node::Entry& entry : counts->entries) {
    const std::string& text = entry.value.scalar;
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    if (!entry.value.is_scalar() || entry.value.quoted || !digits || text.size() > 18)
      errors->error(entry.value.at, "'" + entry.key + "' must be a number from 0 on");
  }
}

void World::add_constant(const std::string& name, std::int32_t value, const Type& type) {
  constants[name].emplace_back(value, type);
}

std::optional<Type> World::parse_type(std::string_view text, const Location& at) {
  text = trim(text);
  if (text == "bool") return bool_type();
  if (text == "mutex") return Type{TypeKind::kMutex, 0, 255, "mutex", {}, false};
  if (text == "spinlock") return Type{TypeKind::kSpinlock, 0, 255, "spinlock", {}, false};
  if (text == "rwlock") return Type{TypeKind::kRwlock, -61, 127, "rwlock", {}, false};
  if (text == "completion") return Type{TypeKind::kCompletion, 0, 255, "completion", {}, false};
  if (text == "wait_queue") return Type{TypeKind::kWaitQueue, 0, 0, "wait_queue", {}, false};
  if (text == "rwsem") return Type{TypeKind::kRwsem, -64, 63, "rwsem", {}, false};
  if (text == "srcu") return Type{TypeKind::kSrcu, 0, INT32_MAX, "srcu", {}, false};
  if (text == "commands") return Type{TypeKind::kCommands, 0, 255, "commands", {}, false};
  if (text.starts_with("int")) {
    const std::string_view range = trim(text.substr(3));
    const std::size_t dots = range.find("..");
    std::int64_t lo = 0;
    std::int64_t hi = 0;
    if (dots != std::string_view::npos) {
      const std::string_view low = trim(range.substr(0, dots));
      const std::string_view high = trim(range.substr(dots + 2));
      const auto a = std::from_chars(low.data(), low.data() + low.size(), lo);
      const auto b = std::from_chars(high.data(), high.data() + high.size(), hi);
      const bool whole = a.ec == std::errc{} && a.ptr == low.data() + low.size() && b.ec == std::errc{} &&
                         b.ptr == high.data() + high.size();
      // What is not negative may be an index, and counts up to one more.
      const bool fits = lo >= INT32_MIN && hi <= (lo < 0 ? INT32_MAX : INT32_MAX - 1);
      if (whole && lo <= hi && fits) {
        return int_type(static_cast<std::int32_t>(lo), static_cast<std::int32_t>(hi));
      }
    }
    errors->error(at,
                  "an integer type is written 'int LO..HI', with bounds of 32 bits, LO <= HI, and HI below "
                  "2147483647 if LO is not negative");
    return std::nullopt;
  }
  if (text.starts_with("id ")) {
    const std::string_view size = trim(text.substr(3));
    std::int32_t n = 0;
    const auto parsed = std::from_chars(size.data(), size.data() + size.size(), n);
    if (parsed.ec == std::errc{} && parsed.ptr == size.data() + size.size() && n >= 1 && n <= 1000) {
      return Type{TypeKind::kId, -1, n - 1, "", {}, false};
    }
    errors->error(at, "an id type is written 'id N' with N from 1 to 1000");
    return std::nullopt;
  }
  if (text.starts_with("enum(") && text.ends_with(")")) {
    Type type{TypeKind::kEnum, 0, 0, "", split_names(text.substr(5, text.size() - 6)), false};
    type.hi = static_cast<std::int32_t>(type.constants.size()) - 1;
    return type;
  }
  const bool nullable = text.ends_with("?");
  if (nullable) text.remove_suffix(1);
  if (const auto named = types.find(text); named != types.end() && !nullable) return named->second;
  if (const auto cls = classes.find(text); cls != classes.end()) {
    const auto objects = static_cast<std::int32_t>(cls->second.objects.size());
    return Type{TypeKind::kRef, 0, objects, cls->first, {}, nullable};
  }
  std::vector<std::string> known{"bool",       "mutex",      "spinlock", "rwlock",
                                 "completion", "wait_queue", "rwsem",    "srcu"};
  for (const auto& [name, type] : types) known.push_back(name);
  for (const auto& [name, cls] : classes) known.push_back(name);
  errors->error(at, "unknown type '" + std::string(text) + "'", nearest_name_hint(text, known),
                static_cast<unsigned>(text.size()));
  return std::nullopt;
}

const ClassInfo* World::find_class(std::string_view name) const {
  const auto found = classes.find(name);
  return found == classes.end() ? nullptr : &found->second;
}

int World::find_family(std::string_view name) const {
  const auto found = family_by_name.find(name);
  return found == family_by_name.end() ? -1 : found->second;
}

const ListInfo* World::find_list(std::string_view name) const {
  const auto found = lists.find(name);
  return found == lists.end() ? nullptr : &found->second;
}

const RoutineInfo* World::find_routine(std::string_view name) const {
  const auto found = routines.find(name);
  return found == routines.end() ? nullptr : &found->second;
}

std::optional<std::pair<std::int32_t, Type>> World::find_constant(std::string_view name) const {
  const auto found = constants.find(name);
  if (found == constants.end()) return std::nullopt;
  return found->second.front();
}

std::vector<std::string> World::visible_names() const {
  std::vector<std::string> names{"current", "this_cpu", "unset", "NULL", "forall", "exists", "count"};
  for (const auto& [name, family] : family_by_name) names.push_back(name);
  for (const auto& [name, list] : lists) names.push_back(name);
  for (const auto& [name, value] : constants) names.push_back(name);
  for (const auto& [name, function] : functions) names.push_back(name);
  return names;
}

std::vector<Domain> World::domains() const {
  std::vector<Domain> all(1);
  for (const auto& [name, type] : types) {
    if (type.kind == TypeKind::kId && name != "cpu") all.push_back({TypeKind::kId, name, domain_size(type)});
  }
  for (const auto& [name, cls] : classes)
    all.push_back({TypeKind::kRef, name, static_cast<std::int32_t>(cls.objects.size())});
  return all;
}

DomainId World::domain_of(const Type& type) const {
  const bool names = type.kind == TypeKind::kId || type.kind == TypeKind::kRef;
  if (!names || type.name.empty()) return kNoDomain;
  DomainId number = kNoDomain;
  for (const auto& [name, of] : types) {
    if (of.kind != TypeKind::kId || name == "cpu") continue;
    ++number;
    if (type.kind == TypeKind::kId && name == type.name) return number;
  }
  for (const auto& [name, cls] : classes) {
    ++number;
    if (type.kind == TypeKind::kRef && name == type.name) return number;
  }
  return kNoDomain;
}

std::int32_t World::domain_size(const Type& type) const {
  switch (type.kind) {
    case TypeKind::kBool:
    case TypeKind::kEnum:
      return type.hi + 1;
    case TypeKind::kId:
      return type.hi + 1;
    case TypeKind::kInt:
      return type.lo >= 0 ? type.hi + 1 : 0;
    case TypeKind::kRef:
      return type.hi;
    default:
      return 0;
  }
}

std::string World::show(const Type& type, std::int32_t value) const {
  switch (type.kind) {
    case TypeKind::kBool:
      return value != 0 ? "true" : "false";
    case TypeKind::kEnum:
      if (value >= 0 && value < static_cast<std::int32_t>(type.constants.size())) {
        return type.constants[static_cast<std::size_t>(value)];
      }
      return std::to_string(value);
    case TypeKind::kId:
      return value < 0 ? "unset" : type.name + "#" + std::to_string(value);
    case TypeKind::kRef: {
      const ClassInfo* cls = find_class(type.name);
      if (value <= 0 || cls == nullptr) return "NULL";
      return cls->objects[static_cast<std::size_t>(value - 1)];
    }
    default:
      return std::to_string(value);
  }
}

}  // namespace quiesce::sim
