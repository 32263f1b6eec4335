#include "cli/schedule_input.hpp"

#include <cctype>
#include <fstream>

#include "checker/check_system.hpp"
#include "cli/options.hpp"
#include "reports/layout.hpp"

namespace quiesce::cli {
namespace {

constexpr std::size_t kScheduleBytesMax = 1U << 20U;
constexpr std::size_t kQuotedMax = 60;

}  // namespace

std::string quoted(const std::string& text) {
  return "'" + reports::shorten(reports::clean(text.substr(0, 1000)), kQuotedMax) + "'";
}

std::string read_word(const std::string& argument) {
  if (!argument.starts_with("@")) return argument;
  const std::string path = argument.substr(1);
  std::ifstream in(path, std::ios::binary);
  std::string text(kScheduleBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (!in && in.gcount() == 0)) throw UsageError("cannot read " + quoted(path));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kScheduleBytesMax)
    throw UsageError(quoted(path) + " holds no schedule: it is longer than 1 MB");
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) throw UsageError(quoted(path) + " is empty");
  text = text.substr(begin, text.find_first_of(" \t\r\n", begin) - begin);
  for (const char c : text) {
    if (std::isprint(static_cast<unsigned char>(c)) == 0)
      throw UsageError(quoted(path) + " holds no schedule: it is no text");
  }
  return text;
}

checker::Schedule schedule_from(const sim::System& system, const std::string& text) {
  std::string error;
  auto schedule = checker::decode(text, error);
  if (!schedule || !checker::replays(system, *schedule, error)) throw UsageError(error);
  return *std::move(schedule);
}

}  // namespace quiesce::cli
