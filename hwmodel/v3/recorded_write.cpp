#include "hwmodel/v3/recorded_write.hpp"

#include <algorithm>

#include "hwmodel/v3/command_queue.hpp"
#include "hwmodel/v3/gerror.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

bool is_of_queue(const TraceLine& line) { return line.event().starts_with("cmdq_"); }
bool tells_prod(const TraceLine& line) {
  return line.event() == "cmdq_consume" || line.event() == "cmdq_consume_out";
}

/// PROD of the line, with its wrap bit.
std::uint64_t prod_in(const TraceLine& line, unsigned log2size) {
  return line.at("prod") | line.at("prod_wrap") << log2size;
}

}  // namespace

void Mentions::count(const TraceLine& line) {
  for (const std::string_view name : {"sid", "asid"}) {
    if (const auto value = line.find(name)) ++times_[{name, *value}];
  }
}

int Mentions::of(std::string_view name, std::uint64_t value) const {
  const auto found = times_.find({name, value});
  return found == times_.end() ? 0 : found->second;
}

bool Mentions::is_rarer(std::string_view name, std::uint64_t a, std::uint64_t b) const {
  return of(name, a) < of(name, b);
}

Problem RecordedWrite::replay() {
  const std::uint64_t offset = write_.at("addr");
  const Register* const reg = RecordedRegisters::written_by(offset, write_.at("size"));
  if (auto problem = check_address()) return problem;
  if (auto problem = check_prod()) return problem;
  if (reg != nullptr && reg->reg == Reg::kGerrorN) {
    if (auto problem = take_acknowledgement()) return problem;
  }
  device_.registers.write(offset, write_.at("size"), write_.at("val"));
  if (reg != nullptr && reg->reg == Reg::kEventqBase) device_.event_queue_moved();
  if (consumes()) {
    if (auto problem = consume()) return access_problem_ ? access_problem_ : problem;
  }
  if (access_problem_) return access_problem_;
  if (const TraceLine* const more = next()) {
    return mismatch(*more, "the write in line " + std::to_string(write_.number()) + " does not do this");
  }
  return access_problem_;
}

bool RecordedWrite::consumes() const {
  const Register* const reg = RecordedRegisters::written_by(write_.at("addr"), write_.at("size"));
  return reg != nullptr && (reg->reg == Reg::kCr0 || reg->reg == Reg::kCmdqProd || reg->reg == Reg::kGerrorN);
}

/// Whether the lines in front belong to a write of this register at all.
Problem RecordedWrite::check_address() const {
  const Register* const reg = RecordedRegisters::written_by(write_.at("addr"), write_.at("size"));
  const auto is_first = [](const TraceLine& line) {
    return is_of_queue(line) || line.event() == "write_gerrorn";
  };
  const auto first = std::find_if(effects_.begin(), effects_.end(), is_first);
  if (first == effects_.end()) return std::nullopt;
  const bool acknowledges = reg != nullptr && reg->reg == Reg::kGerrorN;
  const bool would_enable = (write_.at("val") & kCmdqen) != 0;
  const bool enabled = in_force(view(), view().layout.cr0, kCmdqen);
  const bool of_queue = consumes() && (reg->reg == Reg::kCr0 ? would_enable : enabled);
  const std::string other =
      "smmuv3_" + std::string(first->event()) + " in line " + std::to_string(first->number());
  if (acknowledges != (first->event() == "write_gerrorn"))
    return mismatch(write_, "this write has no " + other);
  if (of_queue || acknowledges) return std::nullopt;
  if (enabled || would_enable || consumes()) return mismatch(write_, "this write has no " + other);
  return mismatch(
      *first, "the write of this register in line " + std::to_string(write_.number()) + " does not do this");
}

/// PROD stands in the write and in each line in front of it. If these agree, the write is the wrong one.
Problem RecordedWrite::check_prod() const {
  const unsigned log2size = view().config.cmdq_log2size;
  const Register* const reg = RecordedRegisters::written_by(write_.at("addr"), write_.at("size"));
  const bool writes_prod = reg != nullptr && reg->reg == Reg::kCmdqProd;
  const std::uint32_t prod =
      position_of(writes_prod ? static_cast<std::uint32_t>(write_.at("val"))
                              : static_cast<std::uint32_t>(view().get(view().layout.cmdq_prod)),
                  log2size);
  std::optional<std::uint64_t> said;
  int lines = 0;
  const TraceLine* last = nullptr;
  for (const TraceLine& line : effects_) {
    if (!tells_prod(line)) continue;
    last = &line;
    ++lines;
    if (said && *said != prod_in(line, log2size)) return std::nullopt;
    said = prod_in(line, log2size);
  }
  if (!said || *said == prod) return std::nullopt;
  const bool nothing_to_do =
      last->at("prod") == last->at("cons") && last->at("prod_wrap") == last->at("cons_wrap");
  if (lines == 1 && (!writes_prod || !nothing_to_do)) return std::nullopt;
  return mismatch(write_, "the lines before it have CMDQ_PROD " + hex(*said));
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_write_gerrorn(). The value stands in both lines; the one is believed that
// fits what was acknowledged, and then the one that is GERROR.
Problem RecordedWrite::take_acknowledgement() {
  if (auto problem = take_next("write_gerrorn")) return problem;
  const auto gerror = static_cast<std::uint32_t>(device_.registers.read(register_of(Reg::kGerror).offset, 4));
  const auto before =
      static_cast<std::uint32_t>(device_.registers.read(register_of(Reg::kGerrorN).offset, 4));
  const std::uint64_t written = write_.at("val");
  const std::uint64_t said = taken().at("new");
  const auto acked = [&](std::uint64_t value) { return (before ^ value) & (gerror ^ before); };
  if (said != written) {
    const bool fits = taken().at("acked") == acked(said);
    const bool other_fits = taken().at("acked") == acked(written);
    if (fits && (!other_fits || said == gerror))
      return mismatch(write_, "GERRORN becomes " + hex(said) + " in the line before");
    return mismatch(taken(), "GERRORN becomes " + hex(written));
  }
  if (taken().at("acked") == acked(written)) return std::nullopt;
  return mismatch(taken(), "the write acknowledges " + hex(acked(written)));
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_cmdq_consume().
Problem RecordedWrite::consume() {
  const View smmu = view();
  const Layout& layout = smmu.layout;
  if (!in_force(smmu, layout.cr0, kCmdqen)) return std::nullopt;
  const auto is_empty = [&] {
    return empty(static_cast<std::uint32_t>(smmu.get(layout.cmdq_prod)),
                 static_cast<std::uint32_t>(smmu.get(layout.cmdq_cons)), smmu.config.cmdq_log2size);
  };
  while (!is_empty()) {
    if (auto problem = take_next("cmdq_consume")) return problem;
    if (auto problem = compare_queue(taken())) return problem;
    if (is_halted(smmu)) break;
    if (auto problem = take_command()) return problem;
    if (!enabled_reports_error(smmu)) continue;
    if (auto problem = take_error()) return problem;
    break;
  }
  if (auto problem = take_next("cmdq_consume_out")) return problem;
  return compare_queue(taken());
}

Problem RecordedWrite::compare_queue(const TraceLine& line) const {
  const View smmu = view();
  const unsigned log2size = smmu.config.cmdq_log2size;
  const auto prod = static_cast<std::uint32_t>(smmu.get(smmu.layout.cmdq_prod));
  const auto cons = static_cast<std::uint32_t>(smmu.get(smmu.layout.cmdq_cons));
  const bool same = line.at("prod") == index_of(prod, log2size) &&
                    line.at("cons") == index_of(cons, log2size) &&
                    line.at("prod_wrap") == (wrap_of(prod, log2size) ? 1U : 0U) &&
                    line.at("cons_wrap") == (wrap_of(cons, log2size) ? 1U : 0U);
  if (same) return std::nullopt;
  return mismatch(line, "CMDQ_PROD is " + hex(prod) + " and CMDQ_CONS " + hex(cons));
}

Problem RecordedWrite::take_command() {
  Change smmu = device_.registers.change();
  if (next_is("cmdq_consume_error")) {
    fire_fetch_aborts(smmu);
    return std::nullopt;
  }
  if (auto problem = take_next("cmdq_opcode")) return problem;
  const TraceLine& line = taken();
  const RecordedCommand command = find_recorded_command(line.word("name"));
  if (command.name.empty()) return mismatch(line, "QEMU knows no such command");
  using Kind = RecordedCommand::Kind;
  // A command that it knows can be illegal too: one for secure streams.
  const bool fails = next_is("cmdq_consume_error");
  const bool may_fail =
      command.kind == Kind::kStream || command.kind == Kind::kStreamRange || command.kind == Kind::kContext;
  if (fails != (command.kind == Kind::kNone) && !may_fail)
    return mismatch(line, fails ? "this command is legal" : "this command is illegal");
  last_command_ = command.name;
  const bool is_sync = command.opcode == Opcode::kSync;
  const bool signals = is_sync && next_is("trigger_irq");
  ++device_.compared.commands;
  device_.registers.put_next({fails ? Opcode::kNone : command.opcode, signals ? kSigIrq : kSigNone, false});
  fire_fetch(smmu);
  if (enabled_execute(smmu.view(), smmu.commands)) fire_execute(smmu);
  if ((device_.registers.take_events().pulses & bit_of(Line::kCmdSync)) != 0)
    return take_irq(Line::kCmdSync, "a CMD_SYNC");
  return fails ? std::nullopt : take_details(line, command);
}

Problem RecordedWrite::take_error() {
  Change smmu = device_.registers.change();
  const auto error = static_cast<std::uint64_t>(smmu.get(smmu.layout.cmdq_halts));
  if (auto problem = take_next("cmdq_consume_error")) return problem;
  if (taken().at("error") != error) return mismatch(taken(), "the error is " + std::to_string(error));
  if (taken().word("name") != last_command_) return mismatch(taken(), "the command is " + last_command_);
  const auto before = static_cast<std::uint64_t>(smmu.get(smmu.layout.gerror));
  fire_reports_error(smmu);
  if (auto problem = take_next("write_gerror")) return problem;
  const auto gerror = static_cast<std::uint64_t>(smmu.get(smmu.layout.gerror));
  if (taken().at("new") != gerror || taken().at("toggled") != (before ^ gerror))
    return mismatch(taken(), "GERROR is " + hex(gerror) + " and was " + hex(before));
  if ((device_.registers.take_events().pulses & bit_of(Line::kGerror)) == 0) return std::nullopt;
  return take_irq(Line::kGerror, "GERROR");
}

Problem RecordedWrite::take_irq(Line line, const char* whose) {
  if (auto problem = take_next("trigger_irq")) return problem;
  if (taken().at("irq") == irq_of(line)) return std::nullopt;
  return mismatch(taken(), std::string("the interrupt is that of ") + whose);
}

const TraceLine* RecordedWrite::next() {
  while (!access_problem_ && taken_ < effects_.size()) {
    const TraceLine& line = effects_[taken_];
    if (!device_.expects() && !device_.is_access(line.event())) return &line;
    ++taken_;
    access_problem_ = device_.take_access(line, effects_.subspan(taken_));
  }
  return nullptr;
}

Problem RecordedWrite::take_next(std::string_view event) {
  const TraceLine* const line = next();
  if (line == nullptr)
    return mismatch(write_, "smmuv3_" + std::string(event) + " is missing before this write");
  if (line->event() != event) return mismatch(*line, "smmuv3_" + std::string(event) + " comes here");
  ++taken_;
  return std::nullopt;
}

}  // namespace quiesce::hwmodel::v3
