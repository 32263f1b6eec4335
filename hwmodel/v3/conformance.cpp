#include "hwmodel/v3/conformance.hpp"

#include <string>
#include <utility>

namespace quiesce::hwmodel::v3 {
namespace {

bool begins_probe(const TraceLine& line) {
  return line.event() == "read_mmio" && line.find("addr") == register_of(Reg::kIdr0).offset;
}

/// What happens when machines are built and guests use a vhost device.
bool is_passed_over(std::string_view event) {
  return event == "smmu_add_mr" || event == "notify_flag_add" || event == "notify_flag_del";
}

// QEMU 7.2 hw/arm/smmuv3.c smmu_mem_ops, smmu_read_mmio(), smmu_write_mmio(): both pages have one address.
Problem check_access(const TraceLine& line) {
  const std::uint64_t bytes = line.at("size");
  if (bytes != 4 && bytes != 8) return mismatch(line, "no size of a register");
  if (line.at("addr") % bytes != 0 || line.at("addr") >= 0x10000)
    return mismatch(line, "no register is there");
  if (line.at("result") != 0) return mismatch(line, "no access fails");
  if (bytes == 4 && line.at("val") >> 32U != 0) return mismatch(line, "the value has more bits than this");
  return std::nullopt;
}

}  // namespace

std::optional<Mismatch> Conformance::replay(std::istream& log) {
  if (auto problem = read_lines(log)) return problem;
  for (std::size_t at = 0; at < lines_.size(); ++at) {
    if (begins_probe(lines_[at])) {
      probe_ = at;
      at_probe_ = device_.translations;
    }
    auto problem = take(at);
    if (!problem) continue;
    if (!begins_probe(lines_[probe_])) return problem;
    auto after_reset = replay_after_reset(at);
    if (after_reset) return problem->line < after_reset->line ? after_reset : problem;
  }
  return std::nullopt;
}

Problem Conformance::read_lines(std::istream& log) {
  std::string text;
  int number = 0;
  bool ended = true;
  while (std::getline(log, text)) {
    ended = !log.eof();
    TraceLine line(++number, std::move(text));
    if (line.event().empty()) continue;
    if (line.is_malformed() && !ended) return mismatch(line, "the log ends within this line");
    mentions_.count(line);
    lines_.push_back(std::move(line));
  }
  if (lines_.empty()) return Mismatch{1, "", "the log has no line of an SMMUv3"};
  return std::nullopt;
}

/// A reset of the machine leaves no line. It may have come before the driver looked at the SMMU for the last
/// time; whether it did shows in what followed.
Problem Conformance::replay_after_reset(std::size_t end) {
  const Conformed before = device_.compared;
  device_.reset_machine(at_probe_);
  effects_.reset();
  for (std::size_t at = probe_; at <= end; ++at) {
    if (auto problem = take(at)) return problem;
  }
  device_.compared = before;
  return std::nullopt;
}

Problem Conformance::take(std::size_t at) {
  const TraceLine& line = lines_[at];
  const std::string_view event = line.event();
  if (line.is_malformed()) return mismatch(line, "QEMU writes no such line");
  if (is_passed_over(event)) return std::nullopt;
  if (event == "write_mmio") return take_write(at);
  if (event == "read_mmio") return take_read(at);
  if (effects_) return std::nullopt;
  if (event == "smmu_reset_exit") {
    device_.reset_machine(RecordedTranslations(device_.translations));
    return std::nullopt;
  }
  if (device_.expects() || device_.is_access(event)) return device_.take_access(line, after(at));
  effects_ = at;
  return std::nullopt;
}

Problem Conformance::take_read(std::size_t at) {
  const TraceLine& line = lines_[at];
  if (effects_) return mismatch(lines_[*effects_], "no write of a register does this");
  if (device_.expects()) return device_.take_access(line, after(at));
  if (auto problem = check_access(line)) return problem;
  ++device_.compared.reads;
  const std::uint64_t expected = device_.registers.read(line.at("addr"), line.at("size"));
  if (expected == line.at("val")) return std::nullopt;
  const Register* const reg = RecordedRegisters::find(line.at("addr"));
  return mismatch(line, std::string(reg != nullptr ? reg->name : "the register") + " reads " + hex(expected));
}

Problem Conformance::take_write(std::size_t at) {
  const std::size_t first = std::exchange(effects_, std::nullopt).value_or(at);
  if (device_.expects() && first == at) return device_.take_access(lines_[at], after(at));
  if (auto problem = check_access(lines_[at])) return problem;
  ++device_.compared.writes;
  return RecordedWrite(device_, mentions_, Lines(lines_).subspan(first, at - first), lines_[at]).replay();
}

}  // namespace quiesce::hwmodel::v3
