// Every access that a real kernel made to QEMU's SMMU, made again to the model: same values, same commands,
// same translations; and what is changed in a recording is found in the line where it was changed.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "hwmodel/v3/conformance.hpp"

namespace quiesce::hwmodel::v3::smmu_trace_test {
namespace {

constexpr const char* kRecordings[] = {"v3-late-unmap-voluntary", "v3-late-unmap-syscore",
                                       "v3-remove-on-shutdown-map"};

std::vector<std::string> lines_of(const std::string& recording) {
  std::ifstream in("tests/data/recordings/" + recording + ".smmutrace");
  EXPECT_TRUE(in) << recording;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::optional<Mismatch> replay(const std::vector<std::string>& lines, Conformed* compared = nullptr) {
  std::stringstream log;
  for (const std::string& line : lines) log << line << '\n';
  Conformance conformance;
  std::optional<Mismatch> found = conformance.replay(log);
  if (compared != nullptr) *compared = conformance.compared();
  return found;
}

Conformed conforms(const std::string& recording) {
  Conformed compared;
  const auto found = replay(lines_of(recording), &compared);
  EXPECT_FALSE(found) << recording << ":" << found->line << ": " << found->text << "\n" << found->why;
  return compared;
}

TEST(SmmuTrace, OfALateUnmapIsWhatTheModelDoes) {
  const Conformed compared = conforms("v3-late-unmap-voluntary");
  EXPECT_EQ(compared.reads, 6122);
  EXPECT_EQ(compared.commands, 0x25) << "what was queued after CR0 = 0 is never consumed";
  EXPECT_EQ(compared.translations, 178);
}

TEST(SmmuTrace, OfAShutdownFromSyscoreIsWhatTheModelDoes) {
  EXPECT_EQ(conforms("v3-late-unmap-syscore").commands, 0x25 + 60);
}

TEST(SmmuTrace, OfARemovalIsWhatTheModelDoes) {
  EXPECT_EQ(conforms("v3-remove-on-shutdown-map").commands, 41);
}

/// The line with the number behind the key replaced by another one; empty if it has no such number.
std::string changed(const std::string& line, const std::string& key) {
  const std::size_t at = line.find(key);
  if (at == std::string::npos) return "";
  const std::size_t first = at + key.size();
  const bool hexadecimal = line.compare(first, 2, "0x") == 0;
  std::size_t end = 0;
  const unsigned long long value = std::stoull(line.substr(first), &end, 0);
  std::stringstream other;
  other << line.substr(0, first) << (hexadecimal ? "0x" : "") << (hexadecimal ? std::hex : std::dec)
        << (value ^ 1U) << line.substr(first + end);
  return other.str();
}

struct Mutation {
  const char* event;  ///< what the line begins with
  const char* key;
};

// A number that a guest chose (what it writes, which address it translates first) can be any.
constexpr Mutation kMutations[] = {{"smmuv3_read_mmio addr: 0x20 ", "val:"},
                                   {"smmuv3_read_mmio addr: 0x24 ", "val:"},
                                   {"smmuv3_read_mmio addr: 0x54 ", "val:"},
                                   {"smmuv3_read_mmio addr: 0x98 ", "val:"},
                                   {"smmuv3_read_mmio addr: 0x9c ", "val:"},
                                   {"smmuv3_read_mmio addr: 0xa8 ", "val:"},
                                   {"smmuv3_cmdq_consume ", "prod="},
                                   {"smmuv3_cmdq_consume ", "cons="},
                                   {"smmuv3_cmdq_consume ", "prod.wrap="},
                                   {"smmuv3_cmdq_consume_out ", "prod:"},
                                   {"smmuv3_cmdq_consume_out ", "cons:"},
                                   {"smmuv3_cmdq_consume_out ", "cons_wrap:"},
                                   {"smmuv3_cmdq_cfgi_ste ", "streamid= "},
                                   {"smmuv3_config_cache_hit ", "hits="},
                                   {"smmuv3_config_cache_hit ", "misses="},
                                   {"smmuv3_config_cache_hit ", "hit rate="},
                                   {"smmuv3_config_cache_hit ", "sid="},
                                   {"smmuv3_config_cache_miss ", "misses="},
                                   {"smmuv3_find_ste ", "sid="},
                                   {"smmuv3_find_ste ", "sid_split:"},
                                   {"smmuv3_find_ste_2lvl ", "strtab_base:"},
                                   {"smmuv3_find_ste_2lvl ", "l1_off:"},
                                   {"smmuv3_find_ste_2lvl ", "l2_off:"},
                                   {"smmuv3_get_ste ", "addr: "},
                                   {"smmuv3_translate_success ", "sid="},
                                   {"smmuv3_translate_success ", "iova="},
                                   {"smmuv3_translate_success ", "translated="}};

/// The first and the last line of each event that the model knows, changed at each key.
void each_mutation(const std::vector<std::string>& lines,
                   const std::function<void(std::size_t line, const std::string& text)>& take) {
  for (const Mutation& mutation : kMutations) {
    std::vector<std::size_t> at;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].starts_with(mutation.event) && !changed(lines[i], mutation.key).empty()) at.push_back(i);
    }
    if (at.empty()) continue;
    take(at.front(), changed(lines[at.front()], mutation.key));
    if (at.size() > 1) take(at.back(), changed(lines[at.back()], mutation.key));
  }
}

TEST(SmmuTrace, IsRejectedInTheLineWhereANumberWasChanged) {
  for (const char* recording : kRecordings) {
    const std::vector<std::string> lines = lines_of(recording);
    int mutations = 0;
    each_mutation(lines, [&](std::size_t line, const std::string& text) {
      ++mutations;
      std::vector<std::string> other = lines;
      other[line] = text;
      const auto found = replay(other);
      ASSERT_TRUE(found) << recording << ":" << line + 1 << ": " << text;
      EXPECT_EQ(found->line, static_cast<int>(line) + 1) << text << "\n" << found->text << "\n" << found->why;
    });
    EXPECT_GE(mutations, 35) << recording;
  }
}

TEST(SmmuTrace, IsRejectedWhereACommandIsAnother) {
  const std::vector<std::string> lines = lines_of("v3-late-unmap-syscore");
  int mutations = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t name = lines[i].find("SMMU_CMD_");
    if (name == std::string::npos || lines[i].ends_with("PREFETCH_CONFIG")) continue;
    std::vector<std::string> other = lines;
    other[i] = lines[i].substr(0, name) +
               (lines[i].ends_with("TLBI_NH_ASID") ? "SMMU_CMD_SYNC" : "SMMU_CMD_TLBI_NH_ASID");
    const auto found = replay(other);
    ASSERT_TRUE(found) << i + 1 << ": " << other[i];
    EXPECT_EQ(found->line, static_cast<int>(i) + 1) << found->text << "\n" << found->why;
    ++mutations;
  }
  EXPECT_GE(mutations, 90);
}

TEST(SmmuTrace, IsRejectedWhereALineIsMissing) {
  std::vector<std::string> lines = lines_of("v3-late-unmap-syscore");
  const auto at = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("smmuv3_cmdq_consume_out");
  });
  ASSERT_NE(at, lines.end());
  const auto line = static_cast<int>(at - lines.begin()) + 1;
  lines.erase(at);
  const auto found = replay(lines);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->line, line) << found->why;
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::smmu_trace_test
