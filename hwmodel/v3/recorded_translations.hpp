// The caches of QEMU 7.2's SMMUv3 while a log of it is replayed: which streams' configuration it holds, and
// which translations.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "hwmodel/v3/qemu_trace.hpp"
#include "hwmodel/v3/recorded_registers.hpp"
#include "hwmodel/v3/recorded_walk.hpp"

namespace quiesce::hwmodel::v3 {

inline constexpr std::uint64_t kRecordedPage = 4096;  ///< bytes, of the smallest granule

/// What a line about a transaction is judged by.
struct Surroundings {
  bool smmuen = false;
  StreamTable table;
  std::span<const TraceLine> ahead;  ///< the lines that follow
};

class RecordedTranslations {
 public:
  /// Why the line about a lookup, a walk or a translation cannot be; nothing if it can.
  [[nodiscard]] Why take(const TraceLine& line, const Surroundings& at);
  /// Why the line that records an event cannot be.
  [[nodiscard]] Why record(const TraceLine& line);
  /// Whether this event is about lookups and translations.
  [[nodiscard]] static bool is_about(std::string_view event);
  /// The next entry of the TLB empties it.
  [[nodiscard]] bool empties_itself() const { return walk_.empties_itself(); }

  void forget_configuration(std::uint64_t sid);
  [[nodiscard]] bool holds_nothing_of(std::uint64_t sid) const;
  /// A stream between the two whose configuration is held.
  [[nodiscard]] std::optional<std::uint64_t> held_between(std::uint64_t first, std::uint64_t last) const;
  void forget_pages(const PageRange& range);
  void forget_asid(std::uint64_t asid);
  void forget_all_pages();
  /// The TLB was full, and is empty.
  void empty_walks() { walk_.invalidate_all(); }
  /// The machine was reset: the caches are empty, and go on counting.
  void forget_all();

 private:
  /// kMaybe: it was read from memory, and nothing has shown yet whether it was one that is kept.
  enum class Held : std::uint8_t { kNo, kMaybe, kYes };
  /// How far a lookup has come, in the order of its lines.
  enum class Stage : std::uint8_t {
    kNone,
    kMiss,
    kFind,
    kSecondLevel,
    kEntry,
    kContext,
    kDecoded,
    kTable,
    kHit
  };

  struct Stream {
    Held held = Held::kNo;
    std::uint32_t hits = 0;
    std::uint32_t misses = 0;
    std::string ends_as;  ///< the event of its translations, while its configuration is held
    std::string region;
    Stage stage = Stage::kNone;
    int open = 0;              ///< lookups whose outcome the log has not told
    bool is_beyond = false;    ///< the table has no entry of it
    unsigned output_bits = 0;  ///< of its addresses
    RecordedWalk::Space space;
  };
  struct Page {
    std::uint64_t translated = 0;
    std::uint64_t permissions = 0;
    bool known = true;  ///< false: it may have been invalidated, or it may still be held
    friend bool operator==(const Page&, const Page&) = default;
  };

  [[nodiscard]] Why look_up(const TraceLine& line, bool hit, const Surroundings& at);
  [[nodiscard]] Why decode(const TraceLine& line, const Surroundings& at);
  [[nodiscard]] Why find_entry(const TraceLine& line, const StreamTable& table);
  [[nodiscard]] Why find_second_level(const TraceLine& line, const Surroundings& at);
  [[nodiscard]] Why read_entry(const TraceLine& line);
  [[nodiscard]] Why decode_table(const TraceLine& line, std::span<const TraceLine> ahead);
  [[nodiscard]] Why translate(const TraceLine& line, bool smmuen);
  [[nodiscard]] Why compare_region(const TraceLine& line, Stream& stream) const;
  [[nodiscard]] Why translate_page(const TraceLine& line, std::uint64_t sid);
  void failed(std::uint64_t sid);
  /// Whether one entry of a TLB can hold both: the larger the block, the more low bits its addresses share.
  [[nodiscard]] static bool may_be_one_block(std::uint64_t page, std::uint64_t translated,
                                             std::uint64_t address);

  std::map<std::uint64_t, Stream> streams_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Page> pages_;  ///< by stream and page
  std::size_t of_other_spaces_ = 0;  ///< translations of address spaces that streams had before
  RecordedWalk walk_;
  std::optional<std::uint64_t> looked_up_;
  std::optional<std::uint64_t> entry_at_;  ///< where the stream table entry has to be read
};

}  // namespace quiesce::hwmodel::v3
