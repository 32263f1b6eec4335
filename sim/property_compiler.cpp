#include "sim/property_compiler.hpp"

#include <algorithm>

#include "sim/expr_compiler.hpp"

namespace quiesce::sim {
namespace {

class PropertyCompiler {
 public:
  PropertyCompiler(const World& world, System& system)
      : world_(world), system_(system), expressions_(world, system.program, scope_) {}

  void run(const Node& document) {
    for (const std::string& kind : world_.finding_kinds) {
      system_.properties.push_back({kind, kind, PropertyKind::kFindingKind, kNoCode, 0});
    }
    for (const char* section : {"properties", "goals"}) {
      const Node* map = document.find(section);
      if (map == nullptr || map->is_null()) continue;
      if (!map->is_map()) {
        world_.errors->error(map->at, std::string("'") + section + "' must be a map of names");
        continue;
      }
      for (const Node::Entry& entry : map->entries) compile(entry.key, entry.value, entry.key_at);
    }
    if (const Node* end = document.find("end"); end != nullptr && end->is_scalar())
      system_.end = code_of(parse_expr(*end));
  }

 private:
  CodeId code_of(const Expr& expr) { return expressions_.emit(expressions_.compile_condition(expr)); }

  [[nodiscard]] CodeId rebooted() {
    Typed state;
    state.op = Op::kMachineState;
    state.type = int_type(0, 3);
    const auto is = [&](MachineState wanted) {
      return binary(Op::kEq, bool_type(), state, constant(int_type(0, 3), static_cast<std::int32_t>(wanted)));
    };
    return expressions_.emit(logical_or(is(MachineState::kReset), is(MachineState::kHalted)));
  }

  void compile(const std::string& name, const Node& value, const Location& at) {
    for (const Property& known : system_.properties) {
      if (known.name == name) {
        world_.errors->error(at, "property '" + name + "' is declared twice, or named like a finding kind");
        return;
      }
    }
    if (value.is_scalar()) {
      compile_named(name, value);
    } else if (value.is_map()) {
      compile_map(name, value, at);
    } else {
      world_.errors->error(at, "property '" + name + "' needs a kind");
    }
  }

  void compile_named(const std::string& name, const Node& value) {
    const bool completes = value.scalar == "reboot_completes";
    if (!completes && value.scalar != "no_trap") {
      const std::vector<std::string> valid{"reboot_completes", "no_trap"};
      world_.errors->error(value.at, "unknown goal '" + value.scalar + "'",
                           nearest_name_hint(value.scalar, valid));
      return;
    }
    system_.properties.push_back({name, value.scalar,
                                  completes ? PropertyKind::kEventually : PropertyKind::kAlwaysPossible,
                                  rebooted(), 0});
  }

  static const std::vector<std::pair<std::string, PropertyKind>>& kinds() {
    static const std::vector<std::pair<std::string, PropertyKind>> kKinds{
        {"never", PropertyKind::kNever},
        {"never_on", PropertyKind::kNeverOn},
        {"at_end", PropertyKind::kAtEnd},
        {"eventually", PropertyKind::kEventually},
        {"always_possible", PropertyKind::kAlwaysPossible},
        {"reboot_within", PropertyKind::kWithin},
        {"within", PropertyKind::kWithin}};
    return kKinds;
  }

  static const std::pair<std::string, PropertyKind>* find_kind(const std::string& key) {
    const auto found =
        std::find_if(kinds().begin(), kinds().end(), [&](const auto& kind) { return kind.first == key; });
    return found != kinds().end() ? &*found : nullptr;
  }

  void compile_map(const std::string& name, const Node& map, const Location& at) {
    const Node::Entry* given = kind_of(name, map, at);
    if (given == nullptr) return;
    const std::string& key = given->key;
    const PropertyKind kind = find_kind(key)->second;
    if (kind == PropertyKind::kWithin) {
      compile_bound(name, key, given->value, map.find("task"));
    } else if (kind == PropertyKind::kNeverOn) {
      compile_write_guard(name, given->value);
    } else {
      system_.properties.push_back(
          {name, key + ": " + given->value.scalar, kind, code_of(parse_expr(given->value)), 0});
    }
  }

  /// The one entry that says what kind of property it is, or null after a mistake.
  const Node::Entry* kind_of(const std::string& name, const Node& map, const Location& at) {
    const Node::Entry* given = nullptr;
    bool right = true;
    for (const Node::Entry& entry : map.entries) {
      if (find_kind(entry.key) == nullptr) continue;
      if (given != nullptr) {
        mistake(entry, "a property has one kind: '" + given->key + "' or '" + entry.key + "'",
                "declare two properties, or delete the other kind with '" + given->key +
                    ": null' in what is laid over");
        right = false;
      }
      given = &entry;
    }
    for (const Node::Entry& entry : map.entries) right = check_key(entry, given) && right;
    if (given == nullptr && right) {
      world_.errors->error(at, "property '" + name +
                                   "' is one of never, never_on, at_end, eventually, always_possible, "
                                   "reboot_within, within, or the word reboot_completes or no_trap");
    }
    return right ? given : nullptr;
  }

  /// Whether the key of a property stands where it means something.
  bool check_key(const Node::Entry& entry, const Node::Entry* given) {
    if (find_kind(entry.key) != nullptr || entry.key == "title" || entry.key == "reason") return true;
    if (entry.key == "task") {
      if (given == nullptr || find_kind(given->key)->second == PropertyKind::kWithin) return true;
      mistake(entry, "'task' does not go with '" + given->key + "'", "only a bound is one of a task");
      return false;
    }
    std::vector<std::string> names{"task", "title", "reason"};
    for (const auto& [key, kind] : kinds()) names.push_back(key);
    const bool word = entry.key == "reboot_completes" || entry.key == "no_trap";
    mistake(entry, "unknown key '" + entry.key + "' in a property",
            word ? "it stands alone, as 'NAME: " + entry.key + "'" : nearest_name_hint(entry.key, names));
    return false;
  }

  void mistake(const Node::Entry& entry, const std::string& message, const std::string& hint) {
    world_.errors->error(entry.key_at, message, hint, static_cast<unsigned>(entry.key.size()));
  }

  /// What no step of this variant writes is a constant, and a guard on it holds.
  bool never_written(const Expr& target) {
    const Typed typed = expressions_.compile(target);
    return typed.is_constant() || typed.op == Op::kConstAt;
  }

  void compile_write_guard(const std::string& name, const Node& value) {
    const Node* write = value.find("write");
    const Node* set = value.find("set");
    const Node* target = write != nullptr ? write : set;
    if (target == nullptr || !target->is_scalar() || (write != nullptr && set != nullptr)) {
      world_.errors->error(value.at,
                           "'never_on' is written { write: SMMU.REGISTER, when: CONDITION } or { "
                           "set: PLACE, when: CONDITION }");
      return;
    }
    static const std::vector<std::string> kKeys{"write", "set", "when"};
    for (const Node::Entry& entry : value.entries) {
      if (std::find(kKeys.begin(), kKeys.end(), entry.key) == kKeys.end())
        mistake(entry, "unknown key '" + entry.key + "' in 'never_on'", nearest_name_hint(entry.key, kKeys));
    }
    if (set != nullptr && world_.find_list(set->scalar) != nullptr) {
      world_.errors->error(
          set->at, "'never_on' guards no lists, and '" + set->scalar + "' is one",
          "a global, a field or an element can be guarded; '" + set->scalar + ".count' can stand in 'never'",
          static_cast<unsigned>(set->scalar.size()));
      return;
    }
    WriteGuard guard;
    if (write != nullptr) {
      const Expr expr = parse_expr(*target);
      if (const auto legacy = ExprCompiler::legacy_register(expr); legacy.reg != nullptr) {
        if (!guard_legacy(expr, legacy, guard)) return;
        return add_write_guard(name, *target, value, guard);
      }
      const Typed reg = expressions_.compile(expr);
      if (reg.type.name == "error") return;
      if (reg.op != Op::kRegister || reg.b >= 0 || !reg.kids[0].is_constant()) {
        world_.errors->error(target->at, "'write' names a register of an SMMU");
        return;
      }
      guard.reg = reg.a;
      guard.smmu = reg.kids[0].a;
    } else if (world_.constants_unknown() || !never_written(parse_expr(*target))) {
      Type type;
      const Place place = expressions_.compile_place(parse_expr(*target), type);
      if (place.kind == Place::Kind::kNone) return;
      guard.family = place.family;
      if (place.kind == Place::Kind::kSlot) guard.slot = place.slot;
    }
    add_write_guard(name, *target, value, guard);
  }

  void add_write_guard(const std::string& name, const Node& target, const Node& value, WriteGuard guard) {
    if (const Node* when = value.find("when")) guard.when = code_of(parse_expr(*when));
    guard.property = static_cast<std::uint16_t>(system_.properties.size());
    system_.properties.push_back({name, "never_on: " + target.scalar, PropertyKind::kNeverOn, kNoCode, 0});
    system_.write_guards.push_back(guard);
  }

  /// A register of a legacy SMMU: one, or with no index all of its kind. False after a mistake.
  bool guard_legacy(const Expr& expr, const ExprCompiler::LegacyRegister& legacy, WriteGuard& guard) {
    const auto mistaken = [&](const char* message) {
      world_.errors->error(expr.at, message);
      return false;
    };
    const Typed smmu = expressions_.compile(legacy.at->children[0]);
    if (smmu.type.name == "error") return false;
    const bool is_known = smmu.type.kind == TypeKind::kRef && smmu.type.name == "smmu" && smmu.is_constant();
    if (!is_known || smmu.a == 0 || legacy.field != nullptr)
      return mistaken("'write' names a register of an SMMU");
    if (!world_.smmus[static_cast<std::size_t>(smmu.a - 1)].is_legacy || legacy.index != nullptr) {
      const Typed reg = expressions_.compile(expr);
      if (reg.type.name == "error") return false;
      if (!reg.kids[1].is_constant()) return mistaken("the register's number must be known when compiled");
      guard.index = reg.kids[1].a;
    }
    guard.smmu = smmu.a - 1;
    guard.reg = static_cast<std::int32_t>(hwmodel::v2::register_index(*legacy.reg));
    return true;
  }

  void compile_bound(const std::string& name, const std::string& key, const Node& limit, const Node* task) {
    const std::string wanted = task != nullptr ? task->scalar : "reboot";
    BoundLayout bound;
    for (std::size_t i = 0; i < system_.layout.tasks; ++i) {
      if (system_.layout.contexts[i].name == wanted) bound.context = static_cast<ContextId>(i);
    }
    if (bound.context == kNoContext) {
      std::vector<std::string> names;
      for (const TaskInfo& info : world_.tasks) names.push_back(info.name);
      world_.errors->error(task != nullptr ? task->at : limit.at,
                           "no task '" + wanted + "'; 'task:' says whose time is bounded",
                           nearest_name_hint(wanted, names));
      return;
    }
    bound.limit_us = static_cast<std::int32_t>(parse_duration_us(limit));
    bound.property = static_cast<std::uint16_t>(system_.properties.size());
    system_.properties.push_back({name, key + ": " + limit.scalar, PropertyKind::kWithin, kNoCode, 0});
    system_.layout.bounds.push_back(bound);
  }

  const World& world_;
  System& system_;
  Scope scope_;
  ExprCompiler expressions_;
};

}  // namespace

void compile_properties(const World& world, const Node& document, System& system) {
  PropertyCompiler(world, system).run(document);
}

}  // namespace quiesce::sim
