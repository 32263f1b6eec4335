#include "hwmodel/v3/conformance.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "hwmodel/v3/event_queue.hpp"
#include "hwmodel/v3/gerror.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

// QEMU 7.2 include/hw/arm/smmuv3.h, the order of its interrupts.
constexpr std::uint64_t irq_of(Line line) {
  constexpr std::array<std::uint64_t, kLines> kIrqs{3, 1, 0, 2};
  return kIrqs[static_cast<std::size_t>(line)];
}

Mismatch mismatch(const TraceLine& line, std::string why) {
  return {line.number(), line.text(), std::move(why)};
}

std::string hex(std::uint64_t value) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), kDigits[value & 0xfU]);
    value >>= 4U;
  } while (value != 0);
  return "0x" + text;
}

/// QEMU calls some commands otherwise; what it does not know is none.
Opcode opcode_of(std::string_view name) {
  constexpr std::string_view kPrefix = "SMMU_CMD_";
  if (!name.starts_with(kPrefix)) return Opcode::kNone;
  name.remove_prefix(kPrefix.size());
  if (name == "CFGI_STE_RANGE") return Opcode::kCfgiAll;
  // It has a name for opcode 7, and no such command.
  if (name == "CFGI_ALL") return Opcode::kNone;
  // It has no regime of EL3 and does with the others of EL2 as with this one.
  if (name.starts_with("TLBI_EL")) return Opcode::kTlbiEl2All;
  return find_opcode(name).value_or(Opcode::kNone);
}

/// What belongs to the write of a register that the log has after it.
bool is_effect(std::string_view event) {
  return event.starts_with("cmdq_") || event == "config_cache_inv" || event.ends_with("range_inval") ||
         event == "unhandled_cmd" || event == "write_gerror" || event == "write_gerrorn" ||
         event == "trigger_irq";
}

/// The event that tells more of the command; empty if there is none.
std::string_view detail_of(Opcode opcode) {
  switch (opcode) {
    case Opcode::kCfgiSte:
      return "cmdq_cfgi_ste";
    case Opcode::kCfgiAll:
      return "cmdq_cfgi_ste_range";
    case Opcode::kCfgiCd:
    case Opcode::kCfgiCdAll:
      return "cmdq_cfgi_cd";
    case Opcode::kTlbiNhAll:
      return "cmdq_tlbi_nh";
    case Opcode::kTlbiNsnhAll:
      return "cmdq_tlbi_nh";
    case Opcode::kTlbiNhAsid:
      return "cmdq_tlbi_nh_asid";
    case Opcode::kTlbiNhVa:
    case Opcode::kTlbiNhVaa:
      return "range_inval";
    case Opcode::kSync:
    case Opcode::kPrefetchConfig:
    case Opcode::kPrefetchAddr:
    case Opcode::kNone:
      return "";
    default:
      return "unhandled_cmd";
  }
}

/// Of a stream that QEMU has no device for, it says nothing.
bool may_say_nothing(Opcode opcode) {
  return opcode == Opcode::kCfgiSte || opcode == Opcode::kCfgiCd || opcode == Opcode::kCfgiCdAll;
}

bool consumes_commands(Reg reg) { return reg == Reg::kCr0 || reg == Reg::kCmdqProd || reg == Reg::kGerrorN; }

}  // namespace

std::optional<Mismatch> Conformance::replay(std::istream& log) {
  std::string text;
  for (int number = 1; std::getline(log, text); ++number) {
    const TraceLine line(number, text);
    if (line.event().empty()) continue;
    if (begins_probe(line)) {
      since_probe_.clear();
      at_probe_ = translations_;
    }
    since_probe_.push_back(line);
    if (auto problem = take(line)) {
      if (auto after_reset = replay_after_reset())
        return problem->line < after_reset->line ? after_reset : problem;
    }
  }
  return std::nullopt;
}

bool Conformance::begins_probe(const TraceLine& line) {
  return line.event() == "read_mmio" && line.find("addr") == register_of(Reg::kIdr0).offset;
}

/// A reset of the machine leaves no line. It may have come before the driver looked at the SMMU for the last
/// time; whether it did shows in what followed.
Conformance::Problem Conformance::replay_after_reset() {
  registers_.reset_machine();
  translations_ = at_probe_;
  translations_.forget_all();
  effects_.clear();
  expected_.clear();
  const Conformed before = compared_;
  for (const TraceLine& line : since_probe_) {
    if (auto problem = take(line)) return problem;
  }
  compared_ = before;
  return std::nullopt;
}

Conformance::Problem Conformance::take(const TraceLine& line) {
  const std::string_view event = line.event();
  if (!expected_.empty()) return take_expected(line);
  if (event == "read_mmio") return take_read(line);
  if (event == "write_mmio") return take_write(line);
  if (event == "record_event" || event == "propagate_event") return take_event(line);
  if (RecordedTranslations::is_about(event)) {
    if (event.starts_with("translate_")) ++compared_.translations;
    const StreamTable table{registers_.read(register_of(Reg::kStrtabBase).offset, 8).value_or(0),
                            registers_.read(register_of(Reg::kStrtabBaseCfg).offset, 4).value_or(0)};
    const bool smmuen = in_force(registers_.view(), registers_.view().layout.cr0, kSmmuen);
    if (auto why = translations_.take(line, smmuen, table)) return mismatch(line, *why);
    return std::nullopt;
  }
  if (is_effect(event)) effects_.push_back(line);
  return std::nullopt;
}

Conformance::Problem Conformance::take_read(const TraceLine& line) {
  if (!effects_.empty()) return mismatch(effects_.front(), "no write of a register does this");
  const auto offset = line.find("addr");
  const auto value = line.find("val");
  const auto bytes = line.find("size");
  if (!offset || !value || !bytes) return mismatch(line, "an address, a value or a size is missing");
  if (*bytes != 4 && *bytes != 8) return mismatch(line, "no size of a register");
  ++compared_.reads;
  const auto expected = registers_.read(*offset, *bytes);
  if (!expected) {
    registers_.learn(*offset, *bytes, *value);
    return std::nullopt;
  }
  if (*expected == *value) return std::nullopt;
  const Register* const reg = RecordedRegisters::find(*offset);
  return mismatch(line,
                  std::string(reg != nullptr ? reg->name : "the register") + " reads " + hex(*expected));
}

Conformance::Problem Conformance::take_write(const TraceLine& line) {
  const auto offset = line.find("addr");
  const auto value = line.find("val");
  const auto bytes = line.find("size");
  if (!offset || !value || !bytes) return mismatch(line, "an address, a value or a size is missing");
  ++compared_.writes;
  const Register* const reg = RecordedRegisters::find(*offset);
  const Layout& layout = registers_.view().layout;
  const std::int32_t active = registers_.view().get(layout.gerror) ^ registers_.view().get(layout.gerrorn);
  const std::int32_t before = registers_.view().get(layout.gerrorn);
  taken_ = 0;
  registers_.write(*offset, *bytes, *value);
  if (reg != nullptr && reg->reg == Reg::kGerrorN) {
    if (auto problem = take_next(line, "write_gerrorn")) return problem;
    const auto acked = static_cast<std::uint32_t>((before ^ static_cast<std::int32_t>(*value)) & active);
    if (effects_[taken_ - 1].find("acked") != acked)
      return mismatch(effects_[taken_ - 1], "the write acknowledges " + hex(acked));
  }
  if (reg != nullptr && consumes_commands(reg->reg)) {
    if (auto problem = consume(line)) return problem;
  }
  if (next() != nullptr) {
    return mismatch(*next(), "the write of " + std::string(reg != nullptr ? reg->name : "the register") +
                                 " in line " + std::to_string(line.number()) + " does not do this");
  }
  effects_.clear();
  return std::nullopt;
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_record_event().
Conformance::Problem Conformance::take_event(const TraceLine& line) {
  ++compared_.events;
  const View smmu = registers_.view();
  if (!in_force(smmu, smmu.layout.cr0, kEventqen)) return mismatch(line, "the event queue is disabled");
  if (!translations_.stream()) return mismatch(line, "no stream has been looked up");
  if (line.find("sid") != *translations_.stream())
    return mismatch(line, "the stream that was looked up is " + std::to_string(*translations_.stream()));
  const std::string_view type = line.first_word();
  const bool of_configuration = type.find("C_BAD_") != std::string_view::npos || type.ends_with("_FETCH");
  if (of_configuration && translations_.was_hit())
    return mismatch(line, "the configuration that is held had no error");
  if (of_configuration) translations_.failed(*translations_.stream());
  const std::int32_t before = smmu.get(smmu.layout.gerror);
  Change change = registers_.change();
  record_event(change);
  const std::uint8_t pulses = registers_.take_events().pulses;
  for (const Line source : {Line::kGerror, Line::kEventq}) {
    if ((pulses & bit_of(source)) != 0) expected_.push_back({"trigger_irq", "irq", irq_of(source)});
  }
  const std::int32_t toggled = before ^ smmu.get(smmu.layout.gerror);
  if (toggled != 0) expected_.push_back({"write_gerror", "toggled", static_cast<std::uint64_t>(toggled)});
  return std::nullopt;
}

Conformance::Problem Conformance::take_expected(const TraceLine& line) {
  const Expected expected = expected_.back();
  expected_.pop_back();
  if (line.event() == expected.event && line.find(expected.key) == expected.value) return std::nullopt;
  return mismatch(
      line, "here comes smmuv3_" + expected.event + " with " + expected.key + " " + hex(expected.value));
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_cmdq_consume().
Conformance::Problem Conformance::consume(const TraceLine& write) {
  const View smmu = registers_.view();
  const Layout& layout = smmu.layout;
  if (!in_force(smmu, layout.cr0, kCmdqen)) return std::nullopt;
  const auto is_empty = [&] {
    return empty(static_cast<std::uint32_t>(smmu.get(layout.cmdq_prod)),
                 static_cast<std::uint32_t>(smmu.get(layout.cmdq_cons)), smmu.config.cmdq_log2size);
  };
  while (!is_empty()) {
    if (auto problem = take_next(write, "cmdq_consume")) return problem;
    if (auto problem = compare_queue(effects_[taken_ - 1], "prod.wrap", "cons.wrap")) return problem;
    if (is_halted(smmu)) break;
    if (auto problem = take_command(write)) return problem;
    if (!enabled_reports_error(smmu)) continue;
    if (auto problem = take_error(write)) return problem;
    break;
  }
  if (auto problem = take_next(write, "cmdq_consume_out")) return problem;
  return compare_queue(effects_[taken_ - 1], "prod_wrap", "cons_wrap");
}

Conformance::Problem Conformance::compare_queue(const TraceLine& line, const char* prod_wrap,
                                                const char* cons_wrap) {
  const View smmu = registers_.view();
  const unsigned log2size = smmu.config.cmdq_log2size;
  const auto prod = static_cast<std::uint32_t>(smmu.get(smmu.layout.cmdq_prod));
  const auto cons = static_cast<std::uint32_t>(smmu.get(smmu.layout.cmdq_cons));
  const bool same = line.find("prod") == index_of(prod, log2size) &&
                    line.find("cons") == index_of(cons, log2size) &&
                    line.find(prod_wrap) == (wrap_of(prod, log2size) ? 1U : 0U) &&
                    line.find(cons_wrap) == (wrap_of(cons, log2size) ? 1U : 0U);
  if (same) return std::nullopt;
  return mismatch(line, "CMDQ_PROD is " + hex(prod) + " and CMDQ_CONS " + hex(cons));
}

Conformance::Problem Conformance::take_command(const TraceLine& write) {
  Change smmu = registers_.change();
  if (next() != nullptr && next()->event() == "cmdq_consume_error" && next()->last_word() == "2") {
    fire_fetch_aborts(smmu);
    return std::nullopt;
  }
  if (auto problem = take_next(write, "cmdq_opcode")) return problem;
  const TraceLine opcode_line = effects_[taken_ - 1];
  // A command that it knows can be illegal too, such as one for secure streams.
  const bool fails = next() != nullptr && next()->event() == "cmdq_consume_error";
  const Opcode opcode = fails ? Opcode::kNone : opcode_of(opcode_line.last_word());
  const bool signals = opcode == Opcode::kSync && next() != nullptr && next()->event() == "trigger_irq";
  ++compared_.commands;
  registers_.put_next({opcode, signals ? kSigIrq : kSigNone, false});
  fire_fetch(smmu);
  if (enabled_execute(smmu.view(), smmu.commands)) fire_execute(smmu);
  if ((registers_.take_events().pulses & bit_of(Line::kCmdSync)) != 0) {
    if (auto problem = take_next(write, "trigger_irq")) return problem;
    if (effects_[taken_ - 1].find("irq") != irq_of(Line::kCmdSync))
      return mismatch(effects_[taken_ - 1], "the interrupt is that of a CMD_SYNC");
  }
  return take_details(opcode_line, opcode);
}

Conformance::Problem Conformance::take_details(const TraceLine& opcode_line, Opcode opcode) {
  const std::string_view wanted = detail_of(opcode);
  const auto is_wanted = [&](const TraceLine& line) {
    // Later versions tell the invalidation of all by its own name.
    return line.event() == wanted || (wanted == "range_inval" && line.event() == "s1_range_inval") ||
           (opcode == Opcode::kTlbiNsnhAll && line.event() == "cmdq_tlbi_nsnh");
  };
  int details = 0;
  while (next() != nullptr && next()->event() != "cmdq_consume" && next()->event() != "cmdq_consume_out" &&
         next()->event() != "cmdq_consume_error") {
    const TraceLine line = *next();
    if (wanted.empty() || !is_wanted(line)) {
      return mismatch(opcode_line,
                      "this command does not do what line " + std::to_string(line.number()) + " says");
    }
    ++taken_;
    ++details;
    if (auto problem = take_detail(line, opcode)) return problem;
  }
  if (details > 0 || wanted.empty() || may_say_nothing(opcode)) return std::nullopt;
  return mismatch(opcode_line, "smmuv3_" + std::string(wanted) + " does not follow");
}

Conformance::Problem Conformance::take_detail(const TraceLine& line, Opcode opcode) {
  switch (opcode) {
    case Opcode::kCfgiSte:
    case Opcode::kCfgiCd:
    case Opcode::kCfgiCdAll: {
      const auto sid = opcode == Opcode::kCfgiSte ? line.find("streamid") : line.find("sid");
      if (!sid) return mismatch(line, "no stream");
      if (next() == nullptr || next()->event() != "config_cache_inv" || next()->find("sid") != *sid)
        return mismatch(line, "the configuration of this stream is not invalidated");
      ++taken_;
      translations_.forget_configuration(*sid);
      return std::nullopt;
    }
    case Opcode::kCfgiAll:
      return forget_streams(line);
    case Opcode::kTlbiNhVa:
    case Opcode::kTlbiNhVaa: {
      const std::uint64_t granule = line.find("tg").value_or(0) % 4;
      const auto pages = line.find("num_pages").value_or(1);
      // Without a granule it is not known how large a block goes.
      if (granule == 0) translations_.forget_all_pages();
      translations_.forget_pages(line.find("addr").value_or(0), pages << (2 * granule + 10));
      return std::nullopt;
    }
    default:
      translations_.forget_all_pages();
      return std::nullopt;
  }
}

Conformance::Problem Conformance::forget_streams(const TraceLine& line) {
  const auto first = line.find("start");
  const auto last = line.find("end");
  if (!first || !last || *last < *first) return mismatch(line, "no range of streams");
  while (next() != nullptr && next()->event() == "config_cache_inv") {
    const TraceLine invalidated = *next();
    const auto sid = invalidated.find("sid");
    if (!sid || *sid < *first || *sid > *last) return mismatch(invalidated, "a stream beyond the range");
    translations_.forget_configuration(*sid);
    ++taken_;
  }
  if (const auto held = translations_.held_between(*first, *last))
    return mismatch(line, "the configuration of stream " + std::to_string(*held) + " is not invalidated");
  return std::nullopt;
}

Conformance::Problem Conformance::take_error(const TraceLine& write) {
  Change smmu = registers_.change();
  const auto error = std::to_string(smmu.get(smmu.layout.cmdq_halts));
  if (auto problem = take_next(write, "cmdq_consume_error")) return problem;
  if (effects_[taken_ - 1].last_word() != error)
    return mismatch(effects_[taken_ - 1], "the error is " + error);
  fire_reports_error(smmu);
  if (auto problem = take_next(write, "write_gerror")) return problem;
  const auto gerror = static_cast<std::uint64_t>(smmu.get(smmu.layout.gerror));
  if (effects_[taken_ - 1].find("GERROR") != gerror)
    return mismatch(effects_[taken_ - 1], "GERROR is " + hex(gerror));
  if ((registers_.take_events().pulses & bit_of(Line::kGerror)) == 0) return std::nullopt;
  if (auto problem = take_next(write, "trigger_irq")) return problem;
  if (effects_[taken_ - 1].find("irq") == irq_of(Line::kGerror)) return std::nullopt;
  return mismatch(effects_[taken_ - 1], "the interrupt is that of GERROR");
}

const TraceLine* Conformance::next() const { return taken_ < effects_.size() ? &effects_[taken_] : nullptr; }

Conformance::Problem Conformance::take_next(const TraceLine& write, const char* event) {
  if (next() == nullptr)
    return mismatch(write, std::string("smmuv3_") + event + " is missing before this write");
  if (next()->event() != event) return mismatch(*next(), std::string("smmuv3_") + event + " comes here");
  ++taken_;
  return std::nullopt;
}

}  // namespace quiesce::hwmodel::v3
