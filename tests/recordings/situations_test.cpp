// Recordings of QEMU's SMMUv3 in other situations than the three of smmu_trace_test.cpp, and what is found
// when one number in any of them is another one: tests/data/recordings/README.md, docs/conformance.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "hwmodel/v3/conformance.hpp"

namespace quiesce::hwmodel::v3::situations_test {
namespace {

using Log = std::vector<std::string>;

std::vector<std::filesystem::path> recordings() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("tests/data/recordings")) {
    if (entry.path().extension() == ".smmutrace") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Log lines_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  Log lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::optional<Mismatch> replay(const Log& lines, Conformed* compared = nullptr) {
  std::stringstream log;
  for (const std::string& line : lines) log << line << '\n';
  Conformance conformance;
  auto found = conformance.replay(log);
  if (compared != nullptr) *compared = conformance.compared();
  return found;
}

Conformed conforms(const std::string& situation) {
  Conformed compared;
  const auto found =
      replay(lines_of("tests/data/recordings/situations/" + situation + ".smmutrace"), &compared);
  EXPECT_FALSE(found) << situation << ":" << found->line << ": " << found->text << "\n" << found->why;
  return compared;
}

TEST(Situations, EachRecordingIsWhatTheModelDoes) {
  const auto paths = recordings();
  EXPECT_EQ(paths.size(), 16U);
  for (const auto& path : paths) {
    const auto found = replay(lines_of(path));
    EXPECT_FALSE(found) << path << ":" << found->line << ": " << found->text << "\n" << found->why;
  }
}

TEST(Situations, EachRecordingIsWhatTheModelDoesWithoutTheEventsOfTheWalks) {
  for (const auto& path : recordings()) {
    Log lines = lines_of(path);
    std::erase_if(lines, [](const std::string& line) { return line.find("smmuv3_") == std::string::npos; });
    const auto found = replay(lines);
    EXPECT_FALSE(found) << path << ": " << found->text << "\n" << found->why;
  }
}

TEST(Situations, FaultsAreRecordedAndTheDriverReadsThem) {
  EXPECT_EQ(conforms("linux-fault").events, 20);
  EXPECT_EQ(conforms("device-faults").events, 70);
}

TEST(Situations, EveryCommandIsConsumedOrStopsTheQueue) {
  EXPECT_EQ(conforms("device-commands").commands, 274);
}

TEST(Situations, EveryRegisterKeepsWhatWasWritten) { EXPECT_EQ(conforms("device-registers").reads, 240); }

TEST(Situations, PagesAndBlocksAreHeldUntilTheyAreInvalidated) {
  EXPECT_EQ(conforms("device-pages").translations, 285);
}

TEST(Situations, BypassedStreamsAreNotTranslated) {
  EXPECT_EQ(conforms("linux-passthrough").translations, 496);
  EXPECT_EQ(conforms("linux-identity").translations, 492);
}

TEST(Situations, LazyInvalidationIsByAddressSpace) { EXPECT_EQ(conforms("linux-lazy").translations, 582); }

TEST(Situations, FourCpusUnbindADriver) { EXPECT_EQ(conforms("linux-unbind").commands, 107); }

struct Field {
  std::string_view event;
  std::string_view label;  ///< what stands in front of the number; empty: all
};

// Numbers that the log tells once, and that guests choose; docs/conformance.md says of each why it is so.
constexpr std::array kChosenByGuests{
    Field{"smmuv3_write_mmio", "val:"},         Field{"smmuv3_cmdq_tlbi_nh_asid", "asid="},
    Field{"smmuv3_s1_range_inval", "vmid="},    Field{"smmuv3_s1_range_inval", "asid="},
    Field{"smmuv3_s1_range_inval", "tg="},      Field{"smmuv3_s1_range_inval", "ttl="},
    Field{"smmuv3_s1_range_inval", "leaf="},    Field{"smmuv3_decode_cd_tt", "TT["},
    Field{"smmuv3_decode_cd_tt", "TT[0]:tsz:"}, Field{"smmuv3_decode_cd_tt", "had:"},
    Field{"smmuv3_translate_abort", "iova:"},   Field{"smmuv3_translate_bypass", "iova:"},
    Field{"smmuv3_translate_disable", "iova:"},
};

bool is_chosen_by_guest(std::string_view event, std::string_view label) {
  return std::any_of(kChosenByGuests.begin(), kChosenByGuests.end(),
                     [&](const Field& field) { return field.event == event && field.label == label; });
}

struct Change {
  std::string label;
  std::string line;
};

/// The line with each of its numbers replaced by another one.
std::vector<Change> changes_of(const std::string& line) {
  constexpr std::string_view kRegion = "smmuv3-iommu-memory-region";
  std::size_t at = line.find(' ', line.find("smmu"));
  if (const std::size_t region = line.find(kRegion); region != std::string::npos) at = line.find(' ', region);
  std::vector<Change> changes;
  while (at < line.size()) {
    const bool digit = std::isdigit(static_cast<unsigned char>(line[at])) != 0 &&
                       std::isalnum(static_cast<unsigned char>(line[at - 1])) == 0 && line[at - 1] != '_';
    if (!digit) {
      ++at;
      continue;
    }
    const bool hexadecimal = line.compare(at, 2, "0x") == 0;
    std::size_t bytes = 0;
    const unsigned long long value = std::stoull(line.substr(at), &bytes, hexadecimal ? 16 : 10);
    std::stringstream other;
    other << line.substr(0, at) << (hexadecimal ? "0x" : "") << (hexadecimal ? std::hex : std::dec)
          << (value ^ 1U) << line.substr(at + bytes);
    const std::size_t blank = line.find_last_of(" (", at - 1);
    changes.push_back({line.substr(blank + 1, at - blank - 1), other.str()});
    at += bytes;
  }
  return changes;
}

/// The first, the last and the middle line of each event, and of each register's reads and writes.
std::map<std::string, std::vector<std::size_t>> samples_of(const Log& lines) {
  std::map<std::string, std::vector<std::size_t>> all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t event = lines[i].find("smmu");
    if (event == std::string::npos) continue;
    const bool is_access = lines[i].find("_mmio") != std::string::npos;
    const std::size_t end = is_access ? lines[i].find(" val:") : lines[i].find(' ', event);
    all[lines[i].substr(event, end - event)].push_back(i);
  }
  for (auto& [event, at] : all) at = {at.front(), at[at.size() / 2], at.back()};
  return all;
}

/// Visits each change of a number that the model determines, with the line that has it, from 0.
template <class Visit>
void for_each_change(const Log& lines, Visit visit) {
  for (const auto& [name, at] : samples_of(lines)) {
    const std::string event = name.substr(0, name.find(' '));
    for (const std::size_t line : at) {
      for (const Change& change : changes_of(lines[line])) {
        if (!is_chosen_by_guest(event, change.label)) visit(line, change);
      }
    }
  }
}

class ChangedNumbers : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(ChangedNumbers, AreFoundInTheirLine) {
  const Log lines = lines_of(GetParam());
  for_each_change(lines, [&](std::size_t line, const Change& change) {
    Log other = lines;
    other[line] = change.line;
    const auto found = replay(other);
    EXPECT_TRUE(found && found->line == static_cast<int>(line) + 1)
        << line + 1 << ": " << change.line << "\n"
        << (found ? std::to_string(found->line) + ": " + found->why : "is not found");
  });
}

INSTANTIATE_TEST_SUITE_P(Situations, ChangedNumbers, testing::ValuesIn(recordings()), [](const auto& tested) {
  std::string name = tested.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

TEST(Situations, HaveThousandsOfNumbersToChange) {
  int changes = 0;
  for (const auto& path : recordings())
    for_each_change(lines_of(path), [&](std::size_t, const Change&) { ++changes; });
  EXPECT_GE(changes, 3000);
}

TEST(Situations, IsRejectedInTheLineWhereAWriteOfProdWasChanged) {
  int changed = 0;
  for (const auto& path : recordings()) {
    const Log lines = lines_of(path);
    for (std::size_t i = 1; i < lines.size(); i += 7) {
      const bool consumes = lines[i].find("smmuv3_write_mmio addr: 0x98 ") != std::string::npos &&
                            lines[i - 1].find("cmdq_consume_out") != std::string::npos;
      if (!consumes) continue;
      Log other = lines;
      other[i] = changes_of(lines[i])[1].line;
      const auto found = replay(other);
      ASSERT_TRUE(found) << path << ": " << other[i];
      EXPECT_EQ(found->line, static_cast<int>(i) + 1) << path << ": " << other[i] << "\n" << found->why;
      ++changed;
    }
  }
  EXPECT_GE(changed, 50);
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::situations_test
