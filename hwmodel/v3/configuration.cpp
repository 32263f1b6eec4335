#include "hwmodel/v3/configuration.hpp"

#include <algorithm>

#include "hwmodel/v3/control.hpp"
#include "hwmodel/v3/copies.hpp"
#include "hwmodel/v3/gerror.hpp"
#include "hwmodel/v3/guarded.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

constexpr unsigned kSidBits = 16;  // IDR1.SIDSIZE

/// What the SMMU knows of the unit: its copy, or nothing before it has one.
std::optional<std::int32_t> known(const View& smmu, const Unit& unit) {
  if (!unit.copied) return unit.constant;
  const std::int32_t copy = smmu.get(unit.copy);
  if ((copy & kPresent) == 0) return std::nullopt;
  return copy >> kCopyShift;
}

std::optional<Cd> known_cd(const View& smmu, const CdLayout& layout) {
  const auto first = known(smmu, layout.units[0]);
  if (!first) return std::nullopt;
  Cd cd;
  cd.v = word_of(layout.units[0], *first, 0) != 0;
  cd.epd0 = word_of(layout.units[0], *first, 1) != 0;
  cd.a = word_of(layout.units[0], *first, 2) != 0;
  cd.r = word_of(layout.units[0], *first, 3) != 0;
  cd.s = word_of(layout.units[0], *first, 4) != 0;
  cd.asid = word_of(layout.units[0], *first, 5);
  if (!cd.v) return cd;
  const auto second = known(smmu, layout.units[1]);
  if (!second) return std::nullopt;
  cd.ttb0 = word_of(layout.units[1], *second, 0);
  return cd;
}

Transaction transaction_of(std::int32_t ssid) {
  Transaction transaction;
  transaction.has_ssid = ssid >= 0;
  transaction.ssid = std::max(ssid, 0);
  return transaction;
}

/// The entry, and nothing while the SMMU has to fetch more. `in_range` becomes false if it cannot be reached:
/// one that the SMMU has read before is used all the same.
// Spec: 5.1.1, 3.21.3. Making a descriptor inactive leaves cached entries.
std::optional<Ste> entry_for(const View& smmu, const Stream& stream, bool& in_range) {
  in_range = within_table(smmu, stream);
  if (!in_range) return Ste{};
  const auto ste = known_ste(smmu, stream);
  const bool read_before = ste && (stream.ste[0].copied || stream.l1std < 0);
  if (read_before) return ste;
  const auto reached = reaches_entry(smmu, stream);
  if (!reached) return std::nullopt;
  in_range = *reached;
  return in_range ? ste : Ste{};
}

/// Spec: 3.3.2, 5.2. Which tables the stream's transactions are translated by.
void add_tables(const Ste& ste, bool stage1, Configuration& result) {
  result.vmid = ste.translates_stage2() ? ste.s2ttb : 0;
  if (!stage1) {
    result.table = result.tag = result.vmid;
    return;
  }
  result.table = result.found.cd.ttb0;
  result.tag = result.found.cd.asid;
  result.may_walk = !result.found.cd.epd0;
  result.nested = ste.translates_stage2();
}

/// Spec: 3.3, 5.2. An intermediate address is a page of the guest that the stage 2 table belongs to.
// Abstraction: the doorbell is mapped to itself.
Translation walk_stage2(const View& smmu, std::int32_t table, std::int32_t ipa) {
  const std::vector<Home>& homes = smmu.layout.streams.homes;
  if (static_cast<std::size_t>(ipa) > homes.size()) return {ipa, false};
  const Home& home = homes[static_cast<std::size_t>(ipa) - 1];
  const Page* page = home.table == table ? page_of(smmu, table, home.page) : nullptr;
  if (page == nullptr) return {0, true};
  if (page->cached) {
    const TlbEntry entry = entry_of(smmu, *page);
    if (entry.frame != 0 && entry.vmid == table) return {entry.frame, false, entry.doomed};
  }
  const std::int32_t frame = read(smmu, page->frame);
  return {frame, frame == 0};
}

bool is_doomed(const View& smmu, const Unit& unit) {
  return unit.copied && (smmu.get(unit.copy) & kDoomed) != 0;
}

}  // namespace

std::int32_t read(const View& smmu, const Word& word) {
  return word.varies ? smmu.get(word.slot) : word.constant;
}

std::int32_t read(const View& smmu, const Unit& unit) {
  std::int32_t all = 0;
  unsigned shift = 0;
  for (std::size_t i = 0; i < unit.count; ++i) {
    all |= read(smmu, unit.words[i]) << shift;
    shift += unit.bits[i];
  }
  return all;
}

std::int32_t word_of(const Unit& unit, std::int32_t all, std::size_t index) {
  unsigned shift = 0;
  for (std::size_t i = 0; i < index; ++i) shift += unit.bits[i];
  return (all >> shift) & ((1 << unit.bits[index]) - 1);
}

std::optional<Ste> known_ste(const View& smmu, const Stream& stream) {
  const auto first = known(smmu, stream.ste[0]);
  if (!first) return std::nullopt;
  Ste ste;
  ste.v = word_of(stream.ste[0], *first, 0) != 0;
  ste.config = word_of(stream.ste[0], *first, 1);
  ste.s1cdmax = word_of(stream.ste[0], *first, 2);
  if (!ste.v || ste.aborts()) return ste;
  const auto second = known(smmu, stream.ste[1]);
  const auto third = known(smmu, stream.ste[2]);
  const auto fourth = known(smmu, stream.ste[3]);
  if (!second || !third || !fourth) return std::nullopt;
  ste.s1dss = word_of(stream.ste[1], *second, 0);
  ste.eats = word_of(stream.ste[1], *second, 1);
  ste.s2r = word_of(stream.ste[2], *third, 0) != 0;
  ste.s2s = word_of(stream.ste[2], *third, 1) != 0;
  ste.s2ttb = word_of(stream.ste[3], *fourth, 0);
  return ste;
}

bool within_table(const View& smmu, const Stream& stream) {
  constexpr std::int32_t kLog2Size = 0x3f;
  const auto log2size = static_cast<unsigned>(programmed(smmu, Reg::kStrtabBaseCfg) & kLog2Size);
  return stream.sid >> std::min(log2size, kSidBits) == 0;
}

// Abstraction: FMT and SPLIT are those of the machine's description.
std::optional<bool> reaches_entry(const View& smmu, const Stream& stream) {
  if (stream.l1std < 0) return true;
  const Unit& unit = smmu.layout.streams.l1stds[static_cast<std::size_t>(stream.l1std)].unit;
  const auto descriptor = known(smmu, unit);
  if (!descriptor) return std::nullopt;
  const unsigned split = smmu.config.stream_split;
  return reaches(word_of(unit, *descriptor, 0), split, stream.sid & ((1U << split) - 1));
}

Situation situation_of(const View& smmu, const Stream& stream) {
  Situation situation;
  situation.service_failure_mode = has_failed(smmu);
  situation.smmuen = smmu.get(stream.smmuen) != 0;
  situation.gbpa_abort = smmu.get(smmu.layout.gbpa_in_force) != 0;
  situation.atschk = in_force(smmu, smmu.layout.cr0, kAtschk);
  const std::int32_t cr2 = programmed(smmu, Reg::kCr2);
  situation.recinvsid = (cr2 & kRecinvsid) != 0;
  situation.rec_cfg_ats = (cr2 & kRecCfgAts) != 0;
  return situation;
}

std::optional<Configuration> configuration_of(const View& smmu, const Stream& stream, std::int32_t ssid) {
  const Support& support = smmu.layout.streams.support;
  const Situation situation = situation_of(smmu, stream);
  Configuration result;
  result.transaction = transaction_of(ssid);
  if (needs_of(result.transaction, situation, result.found, support) == Needs::kNothing) return result;
  const auto ste = entry_for(smmu, stream, result.transaction.sid_in_range);
  if (!ste) return std::nullopt;
  if (!result.transaction.sid_in_range) return result;
  result.found.ste = *ste;
  const Substream substream = substream_of(result.transaction, result.found);
  const bool stage1 = ste->v && ste->translates_stage1() && !substream.is_refused && !substream.skips_stage1;
  const auto number = static_cast<std::size_t>(substream.ssid);
  if (stage1 && !is_illegal(*ste, support) && number < stream.cds.size()) {
    const auto cd = known_cd(smmu, stream.cds[number]);
    if (!cd) return std::nullopt;
    result.found.cd = *cd;
  }
  if (ste->v) add_tables(*ste, stage1, result);
  result.walks = needs_of(result.transaction, situation, result.found, support) == Needs::kWalk;
  return result;
}

const Page* page_of(const View& smmu, std::int32_t table, std::int32_t page) {
  const std::vector<Table>& tables = smmu.layout.streams.tables;
  if (table <= 0 || static_cast<std::size_t>(table) > tables.size()) return nullptr;
  const std::vector<Page>& pages = tables[static_cast<std::size_t>(table) - 1].pages;
  return static_cast<std::size_t>(page) < pages.size() ? &pages[static_cast<std::size_t>(page)] : nullptr;
}

Translation walk(const View& smmu, const Configuration& configuration, std::int32_t page) {
  const Page* first = configuration.may_walk ? page_of(smmu, configuration.table, page) : nullptr;
  const std::int32_t output = first != nullptr ? read(smmu, first->frame) : 0;
  if (output == 0) return {0, !configuration.nested && configuration.vmid != 0};
  return configuration.nested ? walk_stage2(smmu, configuration.vmid, output) : Translation{output, false};
}

// Spec: 5.4.1.1. EPD0 stops walks, and no hits. 3.17: entries carry ASID and VMID.
std::optional<Translation> look_up(const View& smmu, const Configuration& configuration, std::int32_t page) {
  const Page* tagged = page_of(smmu, configuration.tag, page);
  const bool cached = tagged != nullptr && tagged->cached;
  if (cached) {
    const TlbEntry entry = entry_of(smmu, *tagged);
    if (entry.frame != 0 && entry.vmid == configuration.vmid) return Translation{entry.frame, false};
  }
  const Translation walked = walk(smmu, configuration, page);
  if (walked.frame != 0 && cached) return std::nullopt;
  return walked;
}

bool uses_what_is_doomed(const View& smmu, const Stream& stream, std::int32_t ssid,
                         const Configuration& configuration, std::int32_t page) {
  const auto doomed = [&](const Unit& unit) { return is_doomed(smmu, unit); };
  if (std::any_of(stream.ste.begin(), stream.ste.end(), doomed)) return true;
  const auto cd = static_cast<std::size_t>(std::max(ssid, 0));
  if (cd < stream.cds.size() &&
      std::any_of(stream.cds[cd].units.begin(), stream.cds[cd].units.end(), doomed)) {
    return true;
  }
  const Page* entry = configuration.walks ? page_of(smmu, configuration.tag, page) : nullptr;
  return entry != nullptr && entry->cached && entry_of(smmu, *entry).doomed;
}

}  // namespace quiesce::hwmodel::v3
