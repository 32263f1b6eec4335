// What a program prints, against what it printed when somebody last looked at it.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace quiesce::test {

/// Both outputs of `quiesce` with these arguments, and its exit code if that is not 0.
inline std::string output_of(const std::string& program, const std::string& arguments) {
  const std::string command = program + " " + arguments + " 2>&1";
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "cannot run " + command;
  std::string text;
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, n);
  const int status = pclose(pipe);
  return text + (status == 0 ? "" : "status " + std::to_string(status) + "\n");
}

/// Fails at the first line that differs. With QUIESCE_APPROVE in the environment, writes the file instead.
inline void compare_with_recording(const std::string& text, const std::string& file) {
  if (std::getenv("QUIESCE_APPROVE") != nullptr) {
    std::ofstream(file, std::ios::binary) << text;
    return;
  }
  std::ifstream in(file, std::ios::binary);
  std::stringstream recorded;
  recorded << in.rdbuf();
  if (text == recorded.str()) return;
  std::istringstream is(text);
  std::istringstream was(recorded.str());
  std::string new_line;
  std::string old_line;
  int number = 0;
  do {
    ++number;
    if (!std::getline(is, new_line)) new_line = "(the end)";
    if (!std::getline(was, old_line)) old_line = "(the end)";
  } while (new_line == old_line && is && was);
  ADD_FAILURE() << file << ":" << number << "\n  was " << old_line << "\n  is  " << new_line;
}

}  // namespace quiesce::test
