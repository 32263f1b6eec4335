// Verdicts against expectations, and what they hold under.
#include <algorithm>
#include <map>
#include <optional>

#include "checker/bound_detail.hpp"
#include "checker/check_system.hpp"
#include "checker/machine_cells.hpp"
#include "checker/report_routines.hpp"
#include "checker/used_assumptions.hpp"

namespace quiesce::checker {
namespace {

/// A detector that the machine may be without, and the knob that says so.
struct Detector {
  const char* kind;
  const char* knob;
  const char* words;
  bool on;
};

std::vector<Detector> detectors_off(const sim::System& system) {
  const sim::MachineInfo& m = system.machine;
  std::vector<Detector> all{
      {"soft_lockup", "soft_lockup_watchdog: false", "soft lockup watchdog off", m.soft_lockup_watchdog},
      {"hung_task", "hung_task_timeout: 0", "hung task detector off", m.hung_task_timeout_s != 0},
      {"rcu_stall", "rcu_stall_timeout: 0", "RCU stall detector off", m.rcu_stall_timeout_s != 0}};
  std::erase_if(all, [](const Detector& detector) { return detector.on; });
  return all;
}

/// A step may raise any kind by hand, with 'finding: KIND'.
bool is_raised_by_hand(const sim::System& system, std::size_t property) {
  return std::any_of(system.program.steps.begin(), system.program.steps.end(), [&](const sim::Step& step) {
    return step.verb == sim::Verb::kFinding && step.argument == static_cast<std::int32_t>(property);
  });
}

/// The detector whose kind of finding nothing in this machine can raise, or null.
const Detector* is_not_looked_for(const sim::System& system, const std::vector<Detector>& off,
                                  std::size_t property) {
  const auto found = std::find_if(off.begin(), off.end(), [&](const Detector& detector) {
    return system.properties[property].name == detector.kind;
  });
  if (found == off.end() || system.properties[property].what != sim::PropertyKind::kFindingKind)
    return nullptr;
  return is_raised_by_hand(system, property) ? nullptr : &*found;
}

/// What is not looked for can be neither expected nor said to hold.
void refuse_expectations_of_what_is_off(const sim::System& system, const sim::Node& expect,
                                        sim::Diagnostics& errors) {
  const std::vector<Detector> off = detectors_off(system);
  for (const sim::Node::Entry& entry : expect.entries) {
    for (std::size_t i = 0; i < system.properties.size(); ++i) {
      const Detector* detector =
          system.properties[i].name == entry.key ? is_not_looked_for(system, off, i) : nullptr;
      if (detector == nullptr) continue;
      errors.error(entry.key_at, "'" + entry.key + "' is not looked for in this variant",
                   std::string("'") + detector->knob + "' switches its detector off",
                   static_cast<unsigned>(entry.key.size()));
    }
  }
}

bool interrupts_unasked(const sim::System& system) {
  for (const std::vector<sim::TrafficLayout>& sources : system.layout.traffic) {
    for (const sim::TrafficLayout& source : sources) {
      if (source.irq != sim::kNoIrq) return true;
    }
  }
  return false;
}

bool writes_zero(const sim::Program& program, const sim::Step& step) {
  if (step.verb != sim::Verb::kSet || step.value == sim::kNoCode) return false;
  const sim::Instruction& first = program.code[static_cast<std::size_t>(step.value)];
  return first.op == sim::Op::kPush && first.a == 0;
}

/// Some stream table entry lets an endpoint keep translations.
bool may_enable_ats(const sim::System& system) {
  const sim::Program& program = system.program;
  for (std::size_t i = 0; i < program.families.size(); ++i) {
    const sim::Family& family = program.families[i];
    if (family.name != "ste.EATS") continue;
    if (std::any_of(family.init.begin(), family.init.end(), [](std::int32_t eats) { return eats != 0; }))
      return true;
    return std::any_of(program.steps.begin(), program.steps.end(), [&](const sim::Step& step) {
      return step.place.family == static_cast<int>(i) && !writes_zero(program, step);
    });
  }
  return false;
}

std::vector<std::string> holds_under(const sim::System& system) {
  std::vector<std::string> all;
  if (system.layout.tasks == 0) return all;
  const sim::MachineInfo& m = system.machine;
  static const std::map<sim::Preemption, std::string> kModels{{sim::Preemption::kNone, "none"},
                                                              {sim::Preemption::kVoluntary, "voluntary"},
                                                              {sim::Preemption::kFull, "full"},
                                                              {sim::Preemption::kLazy, "lazy"}};
  all.push_back("kernel " + m.kernel + ", preemption " + kModels.at(m.preemption));
  if (system.layout.rcu) {
    all.push_back(std::string("rcu: ") + (m.rcu_preempt ? "preempt" : "sched") +
                  ", preempt_count: " + (m.preempt_count ? "true" : "false"));
  }
  all.emplace_back(m.sched == sim::Sched::kFair ? "fair scheduling of equal weights" : "any scheduling");
  all.emplace_back(m.panic_on_oops ? "panic_on_oops" : "panics off");
  all.emplace_back("no hardware watchdog");
  all.push_back(m.store_buffer == 0 ? "SC, register writes immediate"
                                    : "memory: buffered (" + std::to_string(m.store_buffer) + " stores)");
  all.emplace_back("bounds and watchdogs count charged time");
  if (interrupts_unasked(system)) all.emplace_back("devices interrupt unasked finitely often");
  // Abstraction: endpoints keep no translations, which leaves out what an ATC_INV that is missing leads to.
  if (may_enable_ats(system)) all.emplace_back("devices keep no translations of their own (ATS)");
  for (const Detector& detector : detectors_off(system)) all.emplace_back(detector.words);
  return all;
}

/// `counts: { states: N, transitions: N }`: published counts that the search must reproduce.
std::optional<ReportProperty> compare_counts(const sim::Node& document, const Outcome& outcome) {
  const sim::Node* counts = document.find("counts");
  if (counts == nullptr || !counts->is_map()) return std::nullopt;
  ReportProperty property;
  property.name = "counts";
  property.kind = "counts";
  property.expected = Status::kHolds;
  const auto check = [&](const char* key, std::uint64_t value) {
    const sim::Node* wanted = counts->find(key);
    if (wanted == nullptr || wanted->scalar == std::to_string(value)) return;
    const std::string before = property.status == Status::kViolated ? property.kind + ", " : "counts: ";
    property.kind = before + key + " should be " + wanted->scalar;
    property.status = Status::kViolated;
  };
  check("states", outcome.states);
  check("transitions", outcome.transitions);
  if (outcome.bound || outcome.search.mode != "breadth-first") property.status = Status::kInconclusive;
  property.as_expected = property.status == Status::kHolds;
  return property;
}

void add(ReportProperty property, ReportVariant& variant) {
  const auto severity = [](Status s) {
    return s == Status::kViolated ? 2 : s == Status::kInconclusive ? 1 : 0;
  };
  variant.as_expected = variant.as_expected && property.as_expected;
  if (severity(property.status) > severity(variant.verdict)) variant.verdict = property.status;
  variant.properties.push_back(std::move(property));
}

bool has_findings(const Outcome& outcome) {
  return std::any_of(outcome.properties.begin(), outcome.properties.end(),
                     [](const PropertyOutcome& property) { return !property.runs.empty(); });
}

}  // namespace

std::optional<std::size_t> find_property(const sim::System& system, const std::string& name) {
  for (std::size_t i = 0; i < system.properties.size(); ++i) {
    if (system.properties[i].name == name) return i;
  }
  return std::nullopt;
}

std::map<std::string, Status> read_expect(const sim::System& system, const sim::Node& document) {
  std::map<std::string, Status> expected;
  const sim::Node* expect = document.find("expect");
  if (expect == nullptr || expect->is_null()) return expected;
  sim::Diagnostics errors;
  std::vector<std::string> names;
  for (const sim::Property& property : system.properties) names.push_back(property.name);
  static const std::vector<std::string> kStatuses{"holds", "violated", "inconclusive"};
  for (const sim::Node::Entry& entry : expect->entries) {
    if (std::find(names.begin(), names.end(), entry.key) == names.end()) {
      errors.error(entry.key_at, "unknown property '" + entry.key + "'",
                   sim::nearest_name_hint(entry.key, names), static_cast<unsigned>(entry.key.size()));
    }
    const auto status = std::find(kStatuses.begin(), kStatuses.end(), entry.value.scalar);
    if (status == kStatuses.end()) {
      errors.error(entry.value.at, "a property holds, is violated, or inconclusive",
                   sim::nearest_name_hint(entry.value.scalar, kStatuses));
      continue;
    }
    expected[entry.key] = static_cast<Status>(status - kStatuses.begin());
  }
  refuse_expectations_of_what_is_off(system, *expect, errors);
  for (std::size_t i = 0; i < system.properties.size(); ++i) {
    const bool is_kind = system.properties[i].what == sim::PropertyKind::kFindingKind;
    if (is_kind) {
      expected.emplace(system.properties[i].name, Status::kHolds);
    } else if (!expected.contains(system.properties[i].name)) {
      errors.error(expect->at, "'expect' says nothing about '" + system.properties[i].name + "'");
    }
  }
  errors.throw_if_any();
  return expected;
}

ReportVariant report_variant(const sim::System& system, const sim::Node& document, const std::string& variant,
                             const Outcome& outcome, ReportDetail detail) {
  const std::map<std::string, Status> expected = read_expect(system, document);
  ReportVariant report;
  report.name = variant;
  report.holds_under = holds_under(system);
  const std::vector<Detector> off = detectors_off(system);
  std::optional<MachineCells> view;
  if (detail == ReportDetail::kMachine && has_findings(outcome)) view.emplace(system);
  for (std::size_t i = 0; i < system.properties.size(); ++i) {
    if (is_not_looked_for(system, off, i) != nullptr) continue;
    const PropertyOutcome& result = outcome.properties[i];
    ReportProperty property;
    property.name = system.properties[i].name;
    property.kind = system.properties[i].kind;
    property.status = result.status;
    const auto wanted = expected.find(property.name);
    if (wanted != expected.end()) property.expected = wanted->second;
    property.as_expected =
        property.expected ? *property.expected == property.status : property.status != Status::kViolated;
    for (const FoundRun& run : result.runs) {
      property.findings.push_back(explain(system, run, view ? &*view : nullptr));
      property.findings.back().switches = run.switches;
      property.findings.back().walk = run.walk;
    }
    add(std::move(property), report);
  }
  if (auto counts = compare_counts(document, outcome)) add(std::move(*counts), report);
  if (view) {
    report.machine = std::move(view->machine);
    report.routines = routines_of(system, document, report);
  }
  report.assumptions = assumption_texts(system, outcome.assumptions);
  report.reductions = outcome.reductions;
  report.states = outcome.states;
  report.transitions = outcome.transitions;
  report.depth = outcome.depth;
  report.seconds = outcome.seconds;
  report.store_bytes = outcome.store_bytes;
  if (outcome.bound) report.bound = ReportBound{*outcome.bound, bound_detail(outcome)};
  report.search = outcome.search;
  report.coverage = outcome.coverage;
  report.profile = outcome.profile;
  return report;
}

}  // namespace quiesce::checker
