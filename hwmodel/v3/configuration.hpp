// What an SMMUv3 knows about a transaction: structures as it holds them, and where TLB and tables lead.
// Spec: IHI 0070G.b, 3.3, 3.21.3, 5.1, 5.2, 5.4, 15.
#pragma once

#include <optional>

#include "hwmodel/v3/decision.hpp"
#include "hwmodel/v3/layout.hpp"

namespace quiesce::hwmodel::v3 {

[[nodiscard]] std::int32_t read(const View& smmu, const Word& word);
/// The unit's words as they stand in memory, from the first one's low bit up.
[[nodiscard]] std::int32_t read(const View& smmu, const Unit& unit);
/// One of those words.
[[nodiscard]] std::int32_t word_of(const Unit& unit, std::int32_t all, std::size_t index);

/// As far as the SMMU knows them; nothing while it has to fetch more.
[[nodiscard]] std::optional<Ste> known_ste(const View& smmu, const Stream& stream);
/// Whether the stream table entry can be read; nothing while the SMMU has to fetch the descriptor that leads
/// to it.
[[nodiscard]] std::optional<bool> reaches_entry(const View& smmu, const Stream& stream);

/// What the SMMU knows about a transaction of the stream, and the tables that it would walk.
struct Configuration {
  Transaction transaction;
  Found found;
  std::int32_t table = 0;  ///< number of the one that is walked first
  std::int32_t tag = 0;    ///< the table whose ASID or VMID TLB entries carry
  std::int32_t vmid = 0;   ///< the stage 2 table, 0 if stage 2 takes no part
  bool nested = false;     ///< stage 1 before it
  bool walks = false;
  bool may_walk = true;  ///< EPD0 does not forbid it
};
[[nodiscard]] Situation situation_of(const View& smmu, const Stream& stream);
/// Nothing while the SMMU has to fetch more.
[[nodiscard]] std::optional<Configuration> configuration_of(const View& smmu, const Stream& stream,
                                                            std::int32_t ssid);

[[nodiscard]] const Page* page_of(const View& smmu, std::int32_t table, std::int32_t page);
/// Where an address leads: frame 0 is nowhere.
struct Translation {
  std::int32_t frame = 0;
  bool at_stage2 = false;  ///< it is stage 2 that leads nowhere
  bool doomed = false;     ///< by an entry of stage 2 that was invalidated already
};
/// By the tables, and what the TLB holds of stage 2.
[[nodiscard]] Translation walk(const View& smmu, const Configuration& configuration, std::int32_t page);
/// By the TLB, or else by the tables; nothing while a walk that would succeed is to fill the TLB first.
[[nodiscard]] std::optional<Translation> look_up(const View& smmu, const Configuration& configuration,
                                                 std::int32_t page);
/// Whether something that decides was invalidated already, and is used all the same. Spec: 4.7.3: then the
/// CMD_SYNC that completes the invalidation comes after the transaction.
[[nodiscard]] bool uses_what_is_doomed(const View& smmu, const Stream& stream, std::int32_t ssid,
                                       const Configuration& configuration, std::int32_t page);

}  // namespace quiesce::hwmodel::v3
