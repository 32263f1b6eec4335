#include "hwmodel/v3/recorded_device.hpp"

#include <array>

#include "hwmodel/v3/event_queue.hpp"
#include "hwmodel/v3/gerror.hpp"

namespace quiesce::hwmodel::v3 {

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

std::uint64_t irq_of(Line line) {
  constexpr std::array<std::uint64_t, kLines> kIrqs{3, 1, 0, 2};
  return kIrqs[static_cast<std::size_t>(line)];
}

bool RecordedDevice::is_access(std::string_view event) const {
  if (event == "smmu_iotlb_inv_all") return translations.empties_itself();
  return event == "record_event" || RecordedTranslations::is_about(event);
}

Problem RecordedDevice::take_access(const TraceLine& line, Lines ahead) {
  if (!expected_.empty()) return take_expected(line);
  if (line.event() == "record_event") return take_event(line, ahead);
  if (line.event() == "smmu_iotlb_inv_all") {
    translations.empty_walks();
    return std::nullopt;
  }
  if (line.event().starts_with("translate_")) ++compared.translations;
  const View view = registers.view();
  const bool smmuen = in_force(view, view.layout.cr0, kSmmuen);
  if (auto why = translations.take(line, {smmuen, registers.stream_table(), ahead}))
    return mismatch(line, *why);
  return std::nullopt;
}

/// Whether there is memory where the record goes: the log shows it, and then it stays so.
bool RecordedDevice::lands(Lines ahead) {
  const View smmu = registers.view();
  if (event_queue_is_missing_) return false;
  if (!eventq_writable(smmu)) return true;
  const std::string_view next = ahead.empty() ? std::string_view{} : ahead.front().event();
  const bool told = in_force(smmu, smmu.layout.irq_ctrl, kEventqIrqen) && is_active(smmu, kEventqAbtErr);
  event_queue_is_missing_ = next == "write_gerror" || (told && !ahead.empty() && next != "trigger_irq");
  return !event_queue_is_missing_;
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_record_event().
Problem RecordedDevice::take_event(const TraceLine& line, Lines ahead) {
  ++compared.events;
  const View smmu = registers.view();
  if (!in_force(smmu, smmu.layout.cr0, kEventqen)) return mismatch(line, "the event queue is disabled");
  if (auto why = translations.record(line)) return mismatch(line, *why);
  const auto before = static_cast<std::uint32_t>(smmu.get(smmu.layout.gerror));
  registers.record(lands(ahead));
  const std::uint8_t pulses = registers.take_events().pulses;
  for (const Line source : {Line::kGerror, Line::kEventq}) {
    if ((pulses & bit_of(source)) != 0) expected_.push_back({"trigger_irq", {{"irq", irq_of(source)}}});
  }
  const auto after = static_cast<std::uint32_t>(smmu.get(smmu.layout.gerror));
  if (before != after) expected_.push_back({"write_gerror", {{"toggled", before ^ after}, {"new", after}}});
  return std::nullopt;
}

Problem RecordedDevice::take_expected(const TraceLine& line) {
  const Expected expected = expected_.back();
  expected_.pop_back();
  std::string all = "here comes smmuv3_" + expected.event;
  bool same = line.event() == expected.event;
  for (const auto& [name, number] : expected.numbers) {
    same = same && line.find(name) == number;
    all += " with " + name + " " + hex(number);
  }
  if (same) return std::nullopt;
  return mismatch(line, all);
}

void RecordedDevice::reset_machine(const RecordedTranslations& before) {
  registers.reset_machine();
  translations = before;
  translations.forget_all();
  expected_.clear();
}

}  // namespace quiesce::hwmodel::v3
