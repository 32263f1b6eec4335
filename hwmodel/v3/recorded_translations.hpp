// The caches of QEMU 7.2's SMMUv3 while a log of it is replayed: which streams' configuration it holds, and
// which translations.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "hwmodel/v3/qemu_trace.hpp"

namespace quiesce::hwmodel::v3 {

/// Where the stream table is, as registers say.
struct StreamTable {
  std::uint64_t base = 0;  ///< STRTAB_BASE
  std::uint64_t cfg = 0;   ///< STRTAB_BASE_CFG
};

class RecordedTranslations {
 public:
  /// Why the line about a lookup or a translation cannot be; nothing if it can.
  [[nodiscard]] std::optional<std::string> take(const TraceLine& line, bool smmuen, const StreamTable& table);
  /// Whether this event is about lookups and translations.
  [[nodiscard]] static bool is_about(std::string_view event);

  /// The stream that was looked up last.
  [[nodiscard]] std::optional<std::uint64_t> stream() const { return looked_up_; }

  void forget_configuration(std::uint64_t sid);
  /// A stream between the two whose configuration is held.
  [[nodiscard]] std::optional<std::uint64_t> held_between(std::uint64_t first, std::uint64_t last) const;
  /// What was found for this stream is an error, which is not kept.
  void failed(std::uint64_t sid);
  void forget_pages(std::uint64_t address, std::uint64_t bytes);
  void forget_all_pages();
  /// The machine was reset: the caches are empty, and go on counting.
  void forget_all();
  /// Whether the last look-up found its configuration held.
  [[nodiscard]] bool was_hit() const { return was_hit_; }

 private:
  using Why = std::optional<std::string>;

  /// kMaybe: it was read from memory, and nothing has shown yet whether it was one that is kept.
  enum class Held : std::uint8_t { kNo, kMaybe, kYes };

  struct Stream {
    Held held = Held::kNo;
    std::uint32_t hits = 0;
    std::uint32_t misses = 0;
    std::string ends_as;  ///< the event of its translations, while its configuration is held
  };
  struct Page {
    std::uint64_t translated = 0;
    std::uint64_t permissions = 0;
    bool known = true;  ///< false: it may have been invalidated, or it may still be held
    friend bool operator==(const Page&, const Page&) = default;
  };

  [[nodiscard]] Why look_up(const TraceLine& line, bool hit, bool smmuen);
  [[nodiscard]] Why find_entry(const TraceLine& line, const StreamTable& table);
  [[nodiscard]] Why find_second_level(const TraceLine& line, const StreamTable& table);
  [[nodiscard]] Why translate(const TraceLine& line, bool smmuen);
  [[nodiscard]] Why translate_page(const TraceLine& line, std::uint64_t sid);

  std::map<std::uint64_t, Stream> streams_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Page> pages_;  ///< by stream and page
  std::size_t of_other_spaces_ = 0;  ///< translations of address spaces that streams had before
  bool was_hit_ = false;
  std::optional<std::uint64_t> looked_up_;
  std::optional<std::uint64_t> entry_at_;  ///< where the stream table entry has to be read
};

}  // namespace quiesce::hwmodel::v3
