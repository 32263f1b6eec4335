// The TLB of QEMU 7.2's SMMUv3 and its table walks, while a log with the events smmu_iotlb_* and smmu_ptw_*
// is replayed. Descriptors are in memory: what they say is taken from the log, and what follows is compared.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>

#include "hwmodel/v3/qemu_trace.hpp"

namespace quiesce::hwmodel::v3 {

/// Why a line cannot be; nothing if it can.
using Why = std::optional<std::string>;

[[nodiscard]] Why unless_equal(const char* what, std::optional<std::uint64_t> is, std::uint64_t should);
/// The number itself if it is also the one before, or in one of the next lines; and else the one that these
/// have most often.
[[nodiscard]] std::uint64_t likelier(std::string_view name, std::uint64_t said,
                                     std::optional<std::uint64_t> before, std::span<const TraceLine> ahead);
[[nodiscard]] std::uint64_t hit_rate(std::uint32_t hits, std::uint32_t misses);

/// What a context descriptor says of one of its two tables.
struct TableInfo {
  unsigned tsz = 0;  ///< 0: there is none
  unsigned granule = 0;
  std::uint64_t ttb = 0;
};

/// A range of addresses that a command invalidates.
struct PageRange {
  std::optional<std::uint64_t> asid;  ///< nothing: of all
  std::uint64_t address = 0;
  std::uint64_t tg = 0;
  std::uint64_t pages = 1;
  std::uint64_t ttl = 0;
};

class RecordedWalk {
 public:
  /// What a stream's configuration has that walks need.
  struct Space {
    std::array<TableInfo, 2> tables;
    std::optional<std::uint64_t> asid;
    std::optional<std::uint64_t> asid_before;  ///< of the configuration that was held before
    std::uint32_t hits = 0;
    std::uint32_t misses = 0;
  };
  struct Result {
    std::uint64_t address = 0;
    std::uint64_t mask = 0;
    std::uint64_t permissions = 0;
  };

  /// Where the walks of a table begin.
  struct Start {
    unsigned level = 0;
    std::uint64_t base = 0;
    std::uint64_t bytes = 0;  ///< that an entry of this level covers
  };
  [[nodiscard]] static Start start_of(const TableInfo& table);

  [[nodiscard]] static bool is_about(std::string_view event);
  [[nodiscard]] Why take(const TraceLine& line, Space& space, std::span<const TraceLine> ahead);

  /// A new transaction begins: nothing was looked up for it.
  void begin() { step_ = Step::kNone; }
  /// What the transaction that ends now was translated to, if the log has shown that.
  [[nodiscard]] Why ends(std::uint64_t iova, std::uint64_t translated, std::uint64_t permissions) const;
  /// Whether a fault of this name can follow.
  [[nodiscard]] bool may_record(std::string_view fault) const;
  /// The table is full, and the next entry empties it.
  [[nodiscard]] bool empties_itself() const { return step_ == Step::kLeaf && entries_.size() >= kEntries; }

  void invalidate_all() { entries_.clear(); }
  void invalidate_asid(std::uint64_t asid);
  void invalidate(const PageRange& range);
  /// The log has these events.
  [[nodiscard]] bool is_recorded() const { return recorded_; }

 private:
  static constexpr std::size_t kEntries = 256;  ///< QEMU 7.2 include/hw/arm/smmu-common.h

  enum class Step : std::uint8_t { kNone, kHit, kMiss, kFetched, kTable, kInvalid, kLeaf, kInserted };

  /// ASID, address, granule as in TG, level.
  using Key = std::tuple<std::uint64_t, std::uint64_t, unsigned, unsigned>;

  [[nodiscard]] Why look_up(const TraceLine& line, Space& space, std::span<const TraceLine> ahead);
  [[nodiscard]] const Result* held(std::uint64_t asid, std::uint64_t address) const;
  [[nodiscard]] Why fetch(const TraceLine& line, std::span<const TraceLine> ahead);
  [[nodiscard]] Why descend(const TraceLine& line);
  [[nodiscard]] Why find_invalid(const TraceLine& line);
  [[nodiscard]] Why find_leaf(const TraceLine& line, bool block);
  [[nodiscard]] Why compare_position(const TraceLine& line) const;
  [[nodiscard]] Why insert(const TraceLine& line);

  std::map<Key, Result> entries_;
  bool recorded_ = false;
  Step step_ = Step::kNone;
  std::uint64_t asid_ = 0;
  std::uint64_t address_ = 0;
  std::optional<TableInfo> table_;  ///< nothing: the address is in none
  unsigned level_ = 0;
  std::uint64_t base_ = 0;
  std::uint64_t descriptor_ = 0;
  Result result_;
};

}  // namespace quiesce::hwmodel::v3
