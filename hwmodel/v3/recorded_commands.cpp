// What QEMU 7.2's log tells of each command. QEMU 7.2 hw/arm/smmuv3.c smmuv3_cmdq_consume().
#include <array>
#include <bit>

#include "hwmodel/v3/recorded_write.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

using Kind = RecordedCommand::Kind;

// QEMU 7.2 hw/arm/smmuv3-internal.h cmd_stringify[]. It has a name for opcode 7, and no such command. It has
// no regime of EL3, and ignores it as it does those of EL2.
constexpr std::array kCommands{
    RecordedCommand{"SMMU_CMD_PREFETCH_CONFIG", 0x01, Kind::kSilent, Opcode::kPrefetchConfig},
    RecordedCommand{"SMMU_CMD_PREFETCH_ADDR", 0x02, Kind::kSilent, Opcode::kPrefetchAddr},
    RecordedCommand{"SMMU_CMD_CFGI_STE", 0x03, Kind::kStream, Opcode::kCfgiSte},
    RecordedCommand{"SMMU_CMD_CFGI_STE_RANGE", 0x04, Kind::kStreamRange, Opcode::kCfgiAll},
    RecordedCommand{"SMMU_CMD_CFGI_CD", 0x05, Kind::kContext, Opcode::kCfgiCd},
    RecordedCommand{"SMMU_CMD_CFGI_CD_ALL", 0x06, Kind::kContext, Opcode::kCfgiCdAll},
    RecordedCommand{"SMMU_CMD_CFGI_ALL", 0x07, Kind::kNone, Opcode::kNone},
    RecordedCommand{"SMMU_CMD_TLBI_NH_ALL", 0x10, Kind::kAll, Opcode::kTlbiNhAll},
    RecordedCommand{"SMMU_CMD_TLBI_NH_ASID", 0x11, Kind::kAsid, Opcode::kTlbiNhAsid},
    RecordedCommand{"SMMU_CMD_TLBI_NH_VA", 0x12, Kind::kPages, Opcode::kTlbiNhVa},
    RecordedCommand{"SMMU_CMD_TLBI_NH_VAA", 0x13, Kind::kPages, Opcode::kTlbiNhVaa},
    RecordedCommand{"SMMU_CMD_TLBI_EL3_ALL", 0x18, Kind::kIgnored, Opcode::kTlbiEl2All},
    RecordedCommand{"SMMU_CMD_TLBI_EL3_VA", 0x1a, Kind::kIgnored, Opcode::kTlbiEl2All},
    RecordedCommand{"SMMU_CMD_TLBI_EL2_ALL", 0x20, Kind::kIgnored, Opcode::kTlbiEl2All},
    RecordedCommand{"SMMU_CMD_TLBI_EL2_ASID", 0x21, Kind::kIgnored, Opcode::kTlbiEl2Asid},
    RecordedCommand{"SMMU_CMD_TLBI_EL2_VA", 0x22, Kind::kIgnored, Opcode::kTlbiEl2Va},
    RecordedCommand{"SMMU_CMD_TLBI_EL2_VAA", 0x23, Kind::kIgnored, Opcode::kTlbiEl2All},
    RecordedCommand{"SMMU_CMD_TLBI_S12_VMALL", 0x28, Kind::kIgnored, Opcode::kTlbiS12Vmall},
    RecordedCommand{"SMMU_CMD_TLBI_S2_IPA", 0x2a, Kind::kIgnored, Opcode::kTlbiS2Ipa},
    RecordedCommand{"SMMU_CMD_TLBI_NSNH_ALL", 0x30, Kind::kAll, Opcode::kTlbiNsnhAll},
    RecordedCommand{"SMMU_CMD_ATC_INV", 0x40, Kind::kIgnored, Opcode::kAtcInv},
    RecordedCommand{"SMMU_CMD_PRI_RESP", 0x41, Kind::kIgnored, Opcode::kPriResp},
    RecordedCommand{"SMMU_CMD_RESUME", 0x44, Kind::kIgnored, Opcode::kResume},
    RecordedCommand{"SMMU_CMD_STALL_TERM", 0x45, Kind::kIgnored, Opcode::kStallTerm},
    RecordedCommand{"SMMU_CMD_SYNC", 0x46, Kind::kSilent, Opcode::kSync},
    RecordedCommand{"UNKNOWN", 0, Kind::kNone, Opcode::kNone},
    RecordedCommand{"INVALID", 0, Kind::kNone, Opcode::kNone}};

/// As QEMU writes an ASID where there is none.
constexpr std::uint64_t kNoAsid = ~std::uint64_t{0};

bool is_piece(const TraceLine& line) { return line.event() == "s1_range_inval"; }

unsigned shift_of(std::uint64_t tg) { return static_cast<unsigned>(tg != 0 ? 2 * tg + 10 : 12); }

/// 0 for a part of a granule, of which the log does not say how large it is.
std::uint64_t bytes_of(const TraceLine& piece) { return piece.at("pages") << shift_of(piece.at("tg")); }

bool begins_in_granule(const TraceLine& piece) {
  return piece.at("addr") % (std::uint64_t{1} << shift_of(piece.at("tg"))) != 0;
}

/// Why the second does not go on where the first ended.
Problem compare_pieces(const TraceLine& first, const TraceLine& second) {
  for (const char* const name : {"vmid", "asid", "tg", "ttl", "leaf"}) {
    if (second.at(name) != first.at(name))
      return mismatch(second, std::string(name) + " is another one than before");
  }
  const std::uint64_t bytes = bytes_of(first);
  const std::uint64_t step = second.at("addr") - first.at("addr");
  const bool is_part =
      step >> shift_of(first.at("tg")) == 0 && std::has_single_bit(step) && first.at("addr") % step == 0;
  if (bytes == 0 && !is_part && !begins_in_granule(second))
    return mismatch(first, "this is no part of a granule");
  if (bytes == 0 ? !is_part : step != bytes) return mismatch(second, "the pieces have a gap");
  if (bytes != 0 && bytes_of(second) >= bytes && first.at("addr") % (2 * bytes) == 0)
    return mismatch(first, "a larger piece begins here");
  return std::nullopt;
}

}  // namespace

RecordedCommand find_recorded_command(std::string_view name) {
  for (const RecordedCommand& command : kCommands) {
    if (command.name == name) return command;
  }
  return {};
}

Problem RecordedWrite::take_details(const TraceLine& command_line, const RecordedCommand& command) {
  const std::size_t before = taken_;
  Problem problem;
  if (command.kind == Kind::kStream) problem = take_stream(command_line, "cmdq_cfgi_ste");
  if (command.kind == Kind::kContext) problem = take_stream(command_line, "cmdq_cfgi_cd");
  if (command.kind == Kind::kStreamRange && next_is("cmdq_cfgi_ste_range")) problem = take_stream_range();
  if (command.kind == Kind::kAll) problem = take_all();
  if (command.kind == Kind::kAsid && next_is("cmdq_tlbi_nh_asid")) problem = take_asid();
  if (command.kind == Kind::kPages) problem = take_pages(command);
  if (command.kind == Kind::kIgnored) problem = take_ignored(command);
  if (problem) return problem;
  // Of a stream that QEMU has no device for, it says nothing.
  const bool silent =
      command.kind == Kind::kSilent || command.kind == Kind::kStream || command.kind == Kind::kContext;
  if (taken_ == before && !silent) return mismatch(command_line, "what this command does is not said");
  if (next() == nullptr || next_is("cmdq_consume") || next_is("cmdq_consume_out")) return std::nullopt;
  return mismatch(command_line,
                  "this command does not do what line " + std::to_string(next()->number()) + " says");
}

/// The stream stands in two lines.
Problem RecordedWrite::take_stream(const TraceLine& command_line, const char* event) {
  if (!next_is(event)) return std::nullopt;
  if (auto problem = take_next(event)) return problem;
  const TraceLine& line = taken();
  const std::uint64_t sid = line.at("sid");
  if (!next_is("config_cache_inv")) return mismatch(command_line, "the configuration is not invalidated");
  if (auto problem = take_next("config_cache_inv")) return problem;
  const std::uint64_t invalidated = taken().at("sid");
  device_.translations.forget_configuration(invalidated);
  if (invalidated == sid) return std::nullopt;
  if (mentions_.is_rarer("sid", sid, invalidated))
    return mismatch(line, "the stream that is invalidated is " + hex(invalidated));
  return mismatch(taken(), "the command is for stream " + hex(sid));
}

Problem RecordedWrite::take_stream_range() {
  if (auto problem = take_next("cmdq_cfgi_ste_range")) return problem;
  const TraceLine& line = taken();
  const std::uint64_t first = line.at("start");
  const std::uint64_t last = line.at("end");
  const std::uint64_t streams = last - first + 1;
  if (last <= first || !std::has_single_bit(streams) || first % streams != 0)
    return mismatch(line, "no Range of a CFGI_STE_RANGE is this");
  if (next_is("smmu_configs_inv_sid_range")) {
    ++taken_;
    if (taken().at("start") != first || taken().at("end") != last)
      return mismatch(taken(), "the command has another range");
  }
  while (next_is("config_cache_inv")) {
    if (auto problem = take_next("config_cache_inv")) return problem;
    const std::uint64_t sid = taken().at("sid");
    if (sid < first || sid > last) return mismatch(taken(), "a stream beyond the range");
    if (device_.translations.holds_nothing_of(sid))
      return mismatch(taken(), "nothing of this stream is held");
    device_.translations.forget_configuration(sid);
  }
  if (const auto held = device_.translations.held_between(first, last))
    return mismatch(line, "the configuration of stream " + std::to_string(*held) + " is not invalidated");
  return std::nullopt;
}

Problem RecordedWrite::take_all() {
  if (!next_is("cmdq_tlbi_nh")) return std::nullopt;
  ++taken_;
  pass_notifiers();
  if (next_is("smmu_iotlb_inv_all")) ++taken_;
  device_.translations.forget_all_pages();
  return std::nullopt;
}

/// The ASID stands in two lines, if the log has the second one.
Problem RecordedWrite::take_asid() {
  if (auto problem = take_next("cmdq_tlbi_nh_asid")) return problem;
  const TraceLine& line = taken();
  const std::uint64_t asid = line.at("asid");
  if (asid > 0xffff) return mismatch(line, "no ASID is this");
  pass_notifiers();
  device_.translations.forget_asid(asid);
  if (!next_is("smmu_iotlb_inv_asid")) return std::nullopt;
  ++taken_;
  if (taken().at("asid") == asid) return std::nullopt;
  if (mentions_.is_rarer("asid", asid, taken().at("asid")))
    return mismatch(line, "the ASID that is invalidated is " + hex(taken().at("asid")));
  return mismatch(taken(), "the command is for ASID " + hex(asid));
}

void RecordedWrite::pass_notifiers() {
  while (next_is("smmu_inv_notifiers_mr")) ++taken_;
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_s1_range_inval(): a range goes in pieces, each the largest power of two
// that begins where the one before it ended. Of a granule that begins between two pages it does a part.
Problem RecordedWrite::take_pages(const RecordedCommand& command) {
  std::uint64_t pages = 0;
  const TraceLine* previous = nullptr;
  const bool has_parts = next() != nullptr && is_piece(*next()) && begins_in_granule(*next());
  while (next() != nullptr && is_piece(*next())) {
    ++taken_;
    const TraceLine& line = taken();
    if (auto problem = take_piece(line, command.opcode == Opcode::kTlbiNhVa)) return problem;
    if (line.at("pages") == 0 && !has_parts) return mismatch(line, "a piece has a page or more");
    if (previous != nullptr) {
      if (auto problem = compare_pieces(*previous, line)) return problem;
    }
    pages += line.at("pages");
    previous = &line;
  }
  // NUM has five bits, and SCALE says where they stand.
  if (pages != 0 && pages >> std::countr_zero(pages) > 32)
    return mismatch(*previous, "no command has so many pages");
  return std::nullopt;
}

Problem RecordedWrite::take_piece(const TraceLine& line, bool of_one_space) {
  const std::uint64_t asid = line.at("asid");
  const std::uint64_t tg = line.at("tg");
  const std::uint64_t pages = line.at("pages");
  const std::uint64_t address = line.at("addr");
  if (of_one_space ? asid > 0xffff : asid != kNoAsid) return mismatch(line, "no ASID of this command");
  if (line.at("vmid") > 0xffff) return mismatch(line, "no VMID is this");
  if (tg > 3 || line.at("ttl") > 3 || line.at("leaf") > 1)
    return mismatch(line, "a field has not so many bits");
  if (tg == 0 && pages != 1) return mismatch(line, "without a granule there is one page");
  if (pages != 0 && !std::has_single_bit(pages)) return mismatch(line, "no piece has so many pages");
  if (address % (tg == 0 || pages == 0 ? 4096 : bytes_of(line)) != 0)
    return mismatch(line, "no piece begins there");
  const auto of = asid == kNoAsid ? std::nullopt : std::optional(asid);
  device_.translations.forget_pages({of, address, tg, pages, line.at("ttl")});
  while (next_is("inv_notifiers_iova")) {
    ++taken_;
    for (const auto& [name, value] :
         {std::pair{"asid", asid & 0xffffU}, {"iova", address}, {"tg", tg}, {"pages", pages}}) {
      if (taken().at(name) != value) return mismatch(taken(), std::string(name) + " is another one");
    }
  }
  return std::nullopt;
}

// Later versions have a second stage, and one of these commands with it.
Problem RecordedWrite::take_ignored(const RecordedCommand& command) {
  if (next_is("cmdq_tlbi_s12_vmid")) {
    ++taken_;
    device_.translations.forget_all_pages();
    return std::nullopt;
  }
  if (!next_is("unhandled_cmd")) return std::nullopt;
  ++taken_;
  if (taken().at("type") == command.number) return std::nullopt;
  return mismatch(taken(), "the command's number is " + std::to_string(command.number));
}

}  // namespace quiesce::hwmodel::v3
