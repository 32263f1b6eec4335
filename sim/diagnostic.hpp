// Located messages: every mistake of a user becomes `file:line:column: error: ...` with the source
// line, a caret and, where there is one, the nearest valid name.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quiesce::sim {

/// The text of one file, kept so that messages can quote it.
struct SourceFile {
  std::string path;                ///< as shown to the user
  std::vector<std::string> lines;  ///< without line ends
};

/// A place in a file; line and column count from 1. A null file means "not from a file".
struct Location {
  std::shared_ptr<const SourceFile> file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Diagnostic {
  Location at;
  std::string message;                  ///< "unknown routine 'iommu_unmpa'"
  std::string hint;                     ///< "did you mean 'iommu_unmap'?", or empty
  unsigned length = 1;                  ///< columns to underline
  std::vector<std::string> notes = {};  ///< how one comes there: "called from x.yaml:7:9"
};

/// `file:line:column: error: message`, the line, a caret, and the hint; several lines of text.
[[nodiscard]] std::string to_string(const Diagnostic& diagnostic);

/// Thrown with everything that is wrong in one file (one syntax error, or all semantic errors).
class ScenarioError : public std::exception {
 public:
  explicit ScenarioError(std::vector<Diagnostic> diagnostics);
  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::vector<Diagnostic> diagnostics_;
  std::string text_;
};

/// Collects mistakes while a file is validated; `throw_if_any` ends the pass. Equal diagnostics
/// (same place, same message) are kept once; at most 50 are kept.
class Diagnostics {
 public:
  /// What is found until the scope ends is in a routine that is called from `site`.
  class CallScope {
   public:
    CallScope(Diagnostics& errors, Location site) : errors_(errors) {
      errors_.callers_.push_back(std::move(site));
    }
    ~CallScope() { errors_.callers_.pop_back(); }
    CallScope(const CallScope&) = delete;
    CallScope& operator=(const CallScope&) = delete;

   private:
    Diagnostics& errors_;
  };

  void error(Location at, std::string message, std::string hint = {}, unsigned length = 1);
  /// Throws that one mistake at once: going on would only bring more of the same.
  [[noreturn]] void fatal(Location at, std::string message, std::string hint = {}) const;
  [[nodiscard]] bool empty() const { return all_.empty(); }
  /// How many mistakes were met, those that are not kept included.
  [[nodiscard]] std::size_t met() const { return met_; }
  void throw_if_any() const;

 private:
  [[nodiscard]] std::vector<std::string> call_chain() const;

  std::vector<Diagnostic> all_;
  std::vector<Location> callers_;  ///< outermost first
  std::size_t met_ = 0;
};

/// "x.yaml:7:9".
[[nodiscard]] std::string place_text(const Location& at);

/// "did you mean 'x'?" for the nearest of `valid` by edit distance (at most a third of the length),
/// or an empty string.
[[nodiscard]] std::string nearest_name_hint(std::string_view name, std::span<const std::string> valid);

}  // namespace quiesce::sim
