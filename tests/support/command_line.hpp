// The program as a shell runs it.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <string>

namespace quiesce::test {

struct Ran {
  int code = -1;
  std::string text;  ///< of both outputs
};

/// Runs a command line of the shell in which `quiesce` is `executable`.
inline Ran run_in_shell(const std::string& executable, const std::string& command) {
  const std::string whole = "{ quiesce() { " + executable + " \"$@\"; }; " + command + "; } 2>&1";
  Ran ran;
  std::FILE* pipe = popen(whole.c_str(), "r");
  if (pipe == nullptr) return ran;
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) ran.text.append(buffer, n);
  ran.code = WEXITSTATUS(pclose(pipe));
  return ran;
}

inline bool says(const Ran& ran, const std::string& part) { return ran.text.find(part) != std::string::npos; }

}  // namespace quiesce::test
