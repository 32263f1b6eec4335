// Expressions read back from stack code, with the members of the scenario's domains in plain sight: what a
// permutation of such members makes of an expression can be compared with another one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/system.hpp"

namespace quiesce::sim {

struct Term {
  enum class Kind : std::uint8_t {
    kNumber,   ///< a
    kMember,   ///< member a, from 0, of `domain`
    kElement,  ///< of family a; kids: one index for each dimension, none for a single global
    kLocal,    ///< at offset a of the frame, with width b
    kIndex,    ///< the kid's reference as an index: NULL is outside
    kOp,       ///< op with a and b; kids: operands
  } kind = Kind::kNumber;
  Op op = Op::kPush;
  DomainId domain = kNoDomain;  ///< that the value names a member of
  std::int32_t a = 0;
  std::int32_t b = 0;
  std::vector<Term> kids;
};

/// How the elements of families and the values in them name members of domains.
class FamilyDomains {
 public:
  explicit FamilyDomains(const System& system);

  /// Domain of what the family's elements hold.
  [[nodiscard]] DomainId values_of(std::size_t family) const { return values_[family]; }
  /// Domain of each index; kNoDomain for a plain number. Empty for a single global.
  [[nodiscard]] const std::vector<DomainId>& indices_of(std::size_t family) const { return indices_[family]; }
  /// Number of values of each index.
  [[nodiscard]] const std::vector<std::int32_t>& sizes_of(std::size_t family) const { return sizes_[family]; }
  /// The index in each dimension of element `flat`.
  [[nodiscard]] std::vector<std::int32_t> unfold(std::size_t family, std::int32_t flat) const;
  [[nodiscard]] DomainId find(TypeKind kind, const std::string& name) const;

 private:
  const System& system_;
  std::vector<DomainId> values_;
  std::vector<std::vector<DomainId>> indices_;
  std::vector<std::vector<std::int32_t>> sizes_;
};

class TermReader {
 public:
  TermReader(const System& system, const FamilyDomains& families);

  [[nodiscard]] Term read(CodeId code) const;
  /// The value of `code` as the number of an SMMU.
  [[nodiscard]] Term read_smmu(CodeId code) const;
  /// A place that a step writes, with a term for each of its indices.
  [[nodiscard]] Term read(const Place& place) const;

 private:
  using Stack = std::vector<Term>;

  [[nodiscard]] Term read_until(std::size_t& pc, std::size_t end) const;
  void push_leaf(const Instruction& in, Stack& stack) const;
  void push_operation(const Instruction& in, Stack& stack) const;
  [[nodiscard]] Term constant(std::int32_t value, DomainId domain) const;
  [[nodiscard]] Term slot(base::Slot slot) const;
  [[nodiscard]] Term element(std::size_t family, Term flat) const;
  [[nodiscard]] Term index(Term flat, DomainId domain) const;
  [[nodiscard]] Term smmu(Term index) const;

  const System& system_;
  const FamilyDomains& families_;
  DomainId smmus_ = kNoDomain;
  DomainId tasks_ = kNoDomain;
  DomainId domains_ = kNoDomain;
};

/// Whether evaluation may run into NULL or a bad index, so that it matters what is evaluated first.
[[nodiscard]] bool can_fault(const Term& term);

/// Whether a value that names a member is used otherwise than by comparing it and as an index.
[[nodiscard]] bool computes_with_members(const Term& term);

}  // namespace quiesce::sim
