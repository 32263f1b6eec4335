#include "reports/perfetto_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "reports/commands.hpp"
#include "reports/layout.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kShortest_us = 1;  ///< of a slice

const std::string& lane_of(const ReportStep& step) { return step.unit.empty() ? step.lane : step.unit; }

/// CPUs by their number with their interrupts below them, then hardware by its name, then time.
std::tuple<int, std::uint64_t, std::string> order_of(const std::string& lane) {
  if (lane == "time") return {2, 0, lane};
  std::uint64_t number = 0;
  std::size_t digits = 0;
  const bool cpu = lane.starts_with("cpu");
  for (std::size_t i = 3; cpu && i < lane.size() && lane[i] >= '0' && lane[i] <= '9' && digits < 10;
       ++i, ++digits)
    number = number * 10 + static_cast<std::uint64_t>(lane[i] - '0');
  return {digits != 0 ? 0 : 1, number, lane};
}

/// A task, or a routine that a step of another one has called.
struct Frame {
  std::string name;
  std::string called_at;  ///< "dma_map_page_attrs+1", which tells two calls apart

  bool operator==(const Frame&) const = default;
};

/// What runs on a lane: the task and its routines, outermost first. A task's own steps are no routine.
std::vector<Frame> stack_of(const ReportStep& step) {
  std::vector<Frame> stack{{step.actor, ""}};
  std::vector<std::string> locations(step.call_chain.rbegin(), step.call_chain.rend());
  if (!step.location.empty()) locations.push_back(step.location);
  std::string called_at;
  for (const std::string& location : locations) {
    const std::string routine = routine_of(location);
    if (stack.size() > 1 || routine != step.actor) stack.push_back({routine, called_at});
    called_at = location;
  }
  return stack;
}

/// The events of one finding.
class Process {
 public:
  Process(std::size_t pid, const ReportVariant& variant, const ReportFinding& finding)
      : pid_(pid), variant_(variant), finding_(finding) {
    place_steps();
    number_lanes();
    for (const auto& [lane, tid] : tids_) lane_slices(lane, tid);
    for (std::size_t i = 0; i < finding.steps.size(); ++i) arrow(i);
    marks();
    log();
    std::stable_sort(events_.begin(), events_.end(),
                     [](const Json& a, const Json& b) { return a["ts"] < b["ts"]; });
  }

  void name(const std::string& text, Json& events) const {
    const auto meta = [&](const char* what, std::size_t tid, Json arguments) {
      events.push_back(
          {{"ph", "M"}, {"pid", pid_}, {"tid", tid}, {"name", what}, {"args", std::move(arguments)}});
    };
    meta("process_name", 0, {{"name", clean(text)}});
    meta("process_sort_index", 0, {{"sort_index", pid_}});
    for (const auto& [lane, tid] : tids_) {
      meta("thread_name", tid, {{"name", clean(lane)}});
      meta("thread_sort_index", tid, {{"sort_index", tid}});
    }
    if (!finding_.log.empty()) {
      meta("thread_name", console(), {{"name", "console"}});
      meta("thread_sort_index", console(), {{"sort_index", console()}});
    }
  }

  [[nodiscard]] const std::vector<Json>& events() const { return events_; }

 private:
  struct OpenSlice {
    Frame frame;
    std::uint64_t since;
    std::size_t event;  ///< in events_
  };

  void place_steps() {
    std::uint64_t next = 0;
    for (const ReportStep& step : finding_.steps) {
      at_.push_back(std::max(step.time_us, next));
      next = at_.back() + kShortest_us;
    }
    end_ = next;
  }

  void number_lanes() {
    std::vector<std::string> lanes;
    for (const ReportStep& step : finding_.steps) lanes.push_back(lane_of(step));
    std::sort(lanes.begin(), lanes.end(),
              [](const std::string& a, const std::string& b) { return order_of(a) < order_of(b); });
    lanes.erase(std::unique(lanes.begin(), lanes.end()), lanes.end());
    for (const std::string& lane : lanes) tids_.emplace_back(lane, tids_.size() + 1);
  }

  [[nodiscard]] std::size_t tid_of(const std::string& lane) const {
    const auto found =
        std::find_if(tids_.begin(), tids_.end(), [&](const auto& entry) { return entry.first == lane; });
    return found == tids_.end() ? 0 : found->second;
  }

  [[nodiscard]] std::size_t console() const { return tids_.size() + 1; }

  /// The cell that names what runs on the lane, if the lane is a CPU and the report shows the machine.
  [[nodiscard]] std::optional<CellNumber> current_of(const std::string& lane) const {
    if (!variant_.machine) return std::nullopt;
    for (const ReportCpu& cpu : variant_.machine->cpus) {
      if (cpu.name == lane) return cpu.current;
    }
    return std::nullopt;
  }

  /// Whether the CPU runs something else, or nothing, after the step.
  static bool leaves(const ReportStep& step, std::optional<CellNumber> current, const std::string& actor) {
    return current && std::any_of(step.cells.begin(), step.cells.end(), [&](const ReportCellChange& change) {
             return change.cell == *current && change.text != actor;
           });
  }

  /// Tasks and routines last until the lane does something else; of hardware only the steps are known.
  void lane_slices(const std::string& lane, std::size_t tid) {
    std::vector<OpenSlice> open;
    const std::optional<CellNumber> current = current_of(lane);
    for (std::size_t i = 0; i < finding_.steps.size(); ++i) {
      const ReportStep& step = finding_.steps[i];
      if (lane_of(step) == lane) lane_step(i, tid, open);
      if (!open.empty() && leaves(step, current, open.front().frame.name))
        close(open, 0, at_[i] + kShortest_us);
    }
    close(open, 0, end_);
  }

  void lane_step(std::size_t i, std::size_t tid, std::vector<OpenSlice>& open) {
    const ReportStep& step = finding_.steps[i];
    if (step.lane.starts_with("cpu") && step.actor != step.lane) {
      const std::vector<Frame> stack = stack_of(step);
      std::size_t same = 0;
      while (same < std::min(open.size(), stack.size()) && open[same].frame == stack[same]) ++same;
      close(open, same, at_[i]);
      for (std::size_t k = same; k < stack.size(); ++k) {
        open.push_back({stack[k], at_[i], events_.size()});
        slice(stack[k].name, k == 0 ? "task" : "routine", at_[i], tid);
      }
    }
    slice(step.text, "step", at_[i], tid);
    events_.back()["args"] = arguments(step);
  }

  void close(std::vector<OpenSlice>& open, std::size_t kept, std::uint64_t now) {
    for (; open.size() > kept; open.pop_back()) events_[open.back().event]["dur"] = now - open.back().since;
  }

  void slice(const std::string& name, const char* category, std::uint64_t ts, std::size_t tid) {
    events_.push_back({{"ph", "X"},
                       {"pid", pid_},
                       {"tid", tid},
                       {"ts", ts},
                       {"dur", kShortest_us},
                       {"name", clean(name)},
                       {"cat", category}});
  }

  static Json arguments(const ReportStep& step) {
    Json json{{"step", step.number}, {"time_us", step.time_us}, {"actor", clean(step.actor)}};
    if (!step.location.empty()) json["location"] = clean(step.location);
    if (!step.source.empty()) json["source"] = clean(step.source);
    if (!step.source_at.empty()) json["source_at"] = clean(step.source_at);
    for (const auto& [slot, change] : step.changes) json["changes"][clean(slot)] = clean(change);
    return json;
  }

  /// From the step that made this one possible.
  void arrow(std::size_t i) {
    const ReportStep& step = finding_.steps[i];
    if (!step.enabled_by || step.enabled_by->step == 0 || step.enabled_by->step > i) return;
    const std::size_t from = step.enabled_by->step - 1;
    const auto end = [&](const char* phase, std::size_t at) {
      events_.push_back({{"ph", phase},
                         {"pid", pid_},
                         {"tid", tid_of(lane_of(finding_.steps[at]))},
                         {"ts", at_[at]},
                         {"id", fmt::format("{}.{}", pid_, step.number)},
                         {"name", clean(step.enabled_by->kind)},
                         {"cat", "enables"}});
    };
    end("s", from);
    end("f", i);
    events_.back()["bp"] = "e";
  }

  void marks() {
    const auto mark = [&](const std::string& name, std::uint64_t ts, Json arguments) {
      instant(name, ts, 0, "p");
      events_.back()["args"] = std::move(arguments);
    };
    mark("finding: " + finding_.summary, at_.empty() ? 0 : at_.back(), {{"id", clean(finding_.id)}});
    const auto& why = finding_.explanation;
    if (why && why->lost == ReportExplanation::Lost::kFromStart)
      mark("point of no return", 0, {{"before_step", 1}});
    if (why && why->lost == ReportExplanation::Lost::kAtStep && why->lost_at - 1 < at_.size())
      mark("point of no return", at_[why->lost_at - 1], {{"step", why->lost_at}});
    if (!finding_.cycle_start) return;
    const std::size_t cycle = *finding_.cycle_start;
    mark("from here on it repeats forever", cycle < at_.size() ? at_[cycle] : end_, {{"step", cycle + 1}});
  }

  /// A line is written by the last step that is not later than it, if the log does not name one.
  void log() {
    for (const LogLine& line : finding_.log) {
      std::size_t step = line.step;
      if (step == 0) {
        for (const ReportStep& one : finding_.steps) step = one.time_us <= line.time_us ? one.number : step;
      }
      const bool known = step != 0 && step <= at_.size();
      instant(line.text, known ? at_[step - 1] : line.time_us, console(), "t");
      events_.back()["args"] = {{"time_us", line.time_us}};
    }
  }

  void instant(const std::string& name, std::uint64_t ts, std::size_t tid, const char* scope) {
    events_.push_back({{"ph", "i"},
                       {"pid", pid_},
                       {"tid", tid},
                       {"ts", ts},
                       {"s", scope},
                       {"name", clean(name)},
                       {"cat", "mark"}});
  }

  std::size_t pid_;
  const ReportVariant& variant_;
  const ReportFinding& finding_;
  std::vector<std::uint64_t> at_;  ///< of each step
  std::uint64_t end_ = 0;
  std::vector<std::pair<std::string, std::size_t>> tids_;
  std::vector<Json> events_;
};

}  // namespace

std::string render_perfetto(const RunReport& report) {
  Json events = Json::array();
  Json findings = Json::array();
  std::size_t pid = 0;
  for (const ReportScenario& scenario : report.scenarios) {
    for (const ReportVariant& variant : scenario.variants) {
      for (const ReportProperty& property : variant.properties) {
        for (const ReportFinding& finding : property.findings) {
          const Process process(++pid, variant, finding);
          const std::string title = scenario.name + "/" + variant.name + ": " + finding.id;
          process.name(title, events);
          for (const Json& event : process.events()) events.push_back(event);
          findings.push_back({{"pid", pid},
                              {"summary", clean(finding.summary)},
                              {"verdict", clean(verdict_sentence(property))},
                              {"replay", clean(replay_command(scenario, variant, finding))}});
        }
      }
    }
  }
  const Json json{{"displayTimeUnit", "ms"},
                  {"otherData",
                   {{"program", "quiesce " + clean(report.version)},
                    {"ts", "time_us, or right after the step before"},
                    {"findings", findings}}},
                  {"traceEvents", events}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quiesce::reports
