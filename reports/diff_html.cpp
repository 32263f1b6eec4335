#include "reports/diff_html.hpp"

#include <nlohmann/json.hpp>

#include "reports/commands.hpp"
#include "reports/diff_json.hpp"
#include "reports/diff_text.hpp"
#include "reports/html_assets.hpp"
#include "reports/html_page.hpp"
#include "reports/layout.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;
using Json = nlohmann::ordered_json;

/// What shows each passing run again, by the index of the pair and the id of the finding.
Json replays_of(const DiffReport& report) {
  Json replays = Json::object();
  for (std::size_t i = 0; i < report.pairs.size(); ++i) {
    const DiffPair& pair = report.pairs[i];
    for (const DiffFinding& one : pair.findings) {
      if (!one.nearest || one.nearest->kind != NearestPassing::Kind::kFound) continue;
      const DiffSide& passing = one.state == DiffState::kGone ? pair.b : pair.a;
      replays[std::to_string(i) + "/" + one.finding.id] =
          replay_schedule_command(pair.file, passing.variant, one.nearest->schedule);
    }
  }
  return replays;
}

}  // namespace

std::string render_diff_html(const DiffReport& report, const std::string& command) {
  const Json page{{"command", command}, {"replays", replays_of(report)}};
  PageParts parts;
  parts.title = escaped(clean("quiesce diff: " + report.a + ", " + report.b));
  parts.text = escaped(render_diff_text(report));
  parts.data = inert(render_diff_json(report, -1));
  parts.page = inert(page.dump(-1, ' ', false, Json::error_handler_t::replace));
  return filled_page(kDiffTemplate, parts);
}

}  // namespace quiesce::reports
