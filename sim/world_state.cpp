// Declarations of state: types, classes and objects, globals, lists, locks.
#include <algorithm>
#include <charconv>
#include <numeric>

#include "sim/machine_classes.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {
namespace {

std::optional<std::int32_t> to_int(const std::string& text) {
  std::int64_t value = 0;
  const bool hex = text.starts_with("0x");
  const char* begin = text.data() + (hex ? 2 : 0);
  const auto parsed = std::from_chars(begin, text.data() + text.size(), value, hex ? 16 : 10);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  if (value < INT32_MIN || value > INT32_MAX) return std::nullopt;
  return static_cast<std::int32_t>(value);
}

constexpr std::int64_t kElementsMax = 60000;

/// The value of a slot that nobody initialised.
std::int32_t default_value(const Type& type) {
  if (type.kind == TypeKind::kId) return -1;
  if (type.kind == TypeKind::kInt) return std::clamp(0, type.lo, type.hi);
  return 0;
}

}  // namespace

int World::add_family(const std::string& name, Type type, std::int32_t count, const Location& at) {
  if (family_by_name.contains(name)) {
    errors->error(at, "'" + name + "' is declared twice");
    return family_by_name.find(name)->second;
  }
  Family family;
  family.name = name;
  family.count = count;
  family.at = at;
  family.init.assign(static_cast<std::size_t>(count), default_value(type));
  family.constant = !is_lock(type.kind) && written_ != nullptr && !written_->contains(name);
  family.type = std::move(type);
  const int index = static_cast<int>(families.size());
  families.push_back(std::move(family));
  family_by_name.emplace(name, index);
  return index;
}

std::string World::name_of_index(const std::string& array, std::size_t place) {
  return array + ", index " + std::to_string(place + 1);
}

void World::add_index_check(const std::string& array, std::size_t place, const Type& dim,
                            const Location& at) {
  const std::int32_t size = domain_size(dim);
  const int index = add_family(name_of_index(array, place), dim, size, at);
  Family& values = families[static_cast<std::size_t>(index)];
  values.constant = true;
  values.dims = {dim};
  const std::int32_t first = dim.kind == TypeKind::kRef ? 1 : 0;
  std::iota(values.init.begin(), values.init.end(), first);
}

void World::add_object(const std::string& class_name, const std::string& object, const Location& at) {
  ClassInfo& cls = classes[class_name];
  cls.name = class_name;
  if (std::find(cls.objects.begin(), cls.objects.end(), object) != cls.objects.end()) {
    errors->error(at, class_name + " '" + object + "' is declared twice");
    return;
  }
  cls.objects.push_back(object);
}

void World::read_types() {
  const Node* map = section("types");
  if (map == nullptr) return;
  for (const Node::Entry& entry : map->entries) {
    if (!entry.value.is_scalar()) {
      errors->error(entry.value.at, "a type is written as text: bool, int LO..HI, id N, enum(A, B)");
      continue;
    }
    std::optional<Type> type = parse_type(entry.value.scalar, entry.value.at);
    if (!type) continue;
    type->name = entry.key;
    for (const std::string& value : type->constants) check_new_name(value, "a value", entry.value.at);
    for (std::size_t i = 0; i < type->constants.size(); ++i) {
      add_constant(type->constants[i], static_cast<std::int32_t>(i), *type);
    }
    if (!types.emplace(entry.key, *type).second) {
      errors->error(entry.key_at, "type '" + entry.key + "' is built in");
    }
  }
}

void World::read_objects() {
  const Node* map = section("objects");
  if (map == nullptr) return;
  for (const Node::Entry& entry : map->entries) {
    const Node* class_name = entry.value.find("class");
    if (class_name == nullptr || !class_name->is_scalar() || find_class(class_name->scalar) == nullptr) {
      std::vector<std::string> names;
      for (const auto& [name, cls] : classes) names.push_back(name);
      errors->error(class_name != nullptr ? class_name->at : entry.key_at,
                    "object '" + entry.key + "' needs a 'class' that is declared",
                    class_name != nullptr ? nearest_name_hint(class_name->scalar, names) : "");
      continue;
    }
    read_object_values(class_name->scalar, entry.key, entry.value);
  }
}

void World::read_object_values(const std::string& class_name, const std::string& object, const Node& body) {
  const ClassInfo& cls = classes.find(class_name)->second;
  const auto position = std::find(cls.objects.begin(), cls.objects.end(), object);
  if (position == cls.objects.end() || !body.is_map()) return;
  const auto index = static_cast<std::size_t>(position - cls.objects.begin());
  for (const Node::Entry& entry : body.entries) {
    const auto field = cls.fields.find(entry.key);
    if (field == cls.fields.end()) continue;
    if (is_structure_of(class_name, entry.key)) {
      errors->error(entry.key_at, "'" + entry.key + "' of a device is the machine's own, by 'dma'", "",
                    static_cast<unsigned>(entry.key.size()));
      continue;
    }
    Family& family = families[static_cast<std::size_t>(field->second)];
    if (const auto value = initial_value(family.type, entry.value)) family.init[index] = *value;
  }
}

/// A field that each object of the class has.
void World::add_field(const std::string& cls, const std::string& field, std::string_view type_text,
                      const Location& at) {
  const std::optional<Type> type = parse_type(type_text, at);
  if (!type) return;
  const auto count = static_cast<std::int32_t>(classes[cls].objects.size());
  classes[cls].fields[field] = add_family(cls + "." + field, *type, count, at);
}

void World::add_machine_fields() {
  add_field("device", "parent", "device?", document->at);
  add_field("device", "controls", "smmu?", document->at);
  add_field("device", "behind", "smmu?", document->at);
  add_field("device", "domain", "domain?", document->at);
  add_field("domain", "smmu", "smmu?", document->at);
  add_field("smmu", "msi_polling", "bool", document->at);
  add_field("smmu", "cmdq_entries", "int 0..524288", document->at);
  add_field("smmu", "dev", "device?", document->at);
  if (has_legacy()) {
    add_field("device", "smendx", "int -1..254", document->at);
    add_field("device", "sid", "int -1..65535", document->at);
    add_field("smmu", "disable_bypass", "bool", document->at);
    add_field("device", "cbndx", "int -1..30", document->at);
    add_field("domain", "cbndx", "int -1..30", document->at);
  }
}

void World::add_declared_fields(const Node& declared) {
  for (const Node::Entry& entry : declared.entries) {
    expect_keys(entry.value, {"fields", "freeable"}, "class '" + entry.key + "'");
    if (is_freeable(entry.value)) {
      add_field(entry.key, "freed", "bool", entry.value.at);
      classes[entry.key].freed_family = classes[entry.key].fields.at("freed");
    }
    const Node* fields = entry.value.find("fields");
    if (fields == nullptr || !fields->is_map()) continue;
    for (const Node::Entry& field : fields->entries) {
      if (field.value.is_scalar()) add_field(entry.key, field.key, field.value.scalar, field.value.at);
    }
  }
}

/// Fields tell whether their object is freed.
void World::link_freed() {
  for (const auto& [name, cls] : classes) {
    for (const auto& [field, family] : cls.fields) {
      if (family != cls.freed_family) families[static_cast<std::size_t>(family)].freed = cls.freed_family;
    }
  }
}

void World::read_class_fields() {
  const Node* declared = section("classes");
  if (declared != nullptr) {
    for (const Node::Entry& entry : declared->entries) classes[entry.key].name = entry.key;
  }
  if (const Node* objects = section("objects")) {
    for (const Node::Entry& entry : objects->entries) {
      const Node* cls = entry.value.find("class");
      if (cls == nullptr || !cls->is_scalar() || !classes.contains(cls->scalar)) continue;
      if (has_traffic() && is_of_machine(cls->scalar)) {
        errors->error(cls->at, "objects of class '" + cls->scalar + "' are the machine's own, by 'machine'",
                      "", static_cast<unsigned>(cls->scalar.size()));
      } else {
        add_object(cls->scalar, entry.key, entry.key_at);
      }
    }
  }
  for (auto& [name, cls] : classes) {
    for (std::size_t i = 0; i < cls.objects.size(); ++i) {
      const auto count = static_cast<std::int32_t>(cls.objects.size());
      add_constant(cls.objects[i], static_cast<std::int32_t>(i) + 1,
                   Type{TypeKind::kRef, 0, count, name, {}, false});
    }
  }
  add_machine_fields();
  add_stream_fields(document->at);
  if (declared != nullptr) add_declared_fields(*declared);
  link_freed();
  fill_stream_fields();
  if (const Node* machine_node = section("machine")) {
    if (const Node* all = machine_node->find("smmus")) {
      for (const Node::Entry& entry : all->entries) read_object_values("smmu", entry.key, entry.value);
    }
    if (const Node* all = machine_node->find("devices")) {
      for (const Node::Entry& entry : all->entries) read_object_values("device", entry.key, entry.value);
    }
  }
  fill_smmus_and_domains();
}

std::optional<std::int32_t> World::initial_value(const Type& type, const Node& node) {
  if (node.is_null() && type.kind == TypeKind::kRef) return 0;
  if (!node.is_scalar()) {
    errors->error(node.at, "an initial value must be a scalar");
    return std::nullopt;
  }
  if (type.kind == TypeKind::kId && node.scalar == "unset") return -1;
  if (type.kind == TypeKind::kRef && node.scalar == "NULL") return 0;
  if (type.kind == TypeKind::kInt || type.kind == TypeKind::kId) {
    const auto number = to_int(node.scalar);
    if (number && *number >= type.lo && *number <= type.hi) return number;
    const auto named = find_constant(node.scalar);
    if (named && named->second.kind == type.kind) return named->first;
    errors->error(node.at, "'" + node.scalar + "' is not a value from " + std::to_string(type.lo) + " to " +
                               std::to_string(type.hi));
    return std::nullopt;
  }
  const auto found = constants.find(node.scalar);
  if (found != constants.end()) {
    for (const auto& [value, of] : found->second) {
      if (of.kind == type.kind && of.name == type.name) return value;
    }
  }
  std::vector<std::string> valid = type.constants;
  if (const ClassInfo* cls = type.kind == TypeKind::kRef ? find_class(type.name) : nullptr)
    valid = cls->objects;
  errors->error(node.at, "'" + node.scalar + "' is not a value of type " + type.name,
                nearest_name_hint(node.scalar, valid), static_cast<unsigned>(node.scalar.size()));
  return std::nullopt;
}

void World::read_globals() {
  const Node* map = section("globals");
  if (map == nullptr) return;
  for (const Node::Entry& entry : map->entries) read_global(entry.key, entry.value, entry.key_at);
}

void World::read_global(const std::string& name, const Node& value, const Location& at) {
  if (!check_new_name(name, "a global", at)) return;
  const Node* type_node = value.is_scalar() ? &value : value.find("type");
  const Node* init = value.is_map() ? value.find("init") : nullptr;
  if (type_node == nullptr || !type_node->is_scalar()) {
    errors->error(value.at,
                  "global '" + name + "' needs a type: 'NAME: TYPE' or 'NAME: { type: TYPE, init: VALUE }'");
    return;
  }
  std::string_view text = type_node->scalar;
  if (text.starts_with("list of ")) {
    read_list(name, text.substr(8), init, type_node->at);
    return;
  }
  std::int32_t count = 1;
  std::vector<Type> dims;
  while (text.starts_with("array ")) {
    const std::size_t of = text.find(" of ");
    if (of == std::string_view::npos) {
      errors->error(type_node->at, "an array is written 'array INDEX_TYPE of TYPE'");
      return;
    }
    const std::optional<Type> index = parse_type(text.substr(6, of - 6), type_node->at);
    if (!index) return;
    if (domain_size(*index) == 0) {
      errors->error(type_node->at,
                    "an array is indexed by an id, an enumeration, a bool, a class or int 0..N");
      return;
    }
    dims.push_back(*index);
    if (std::int64_t{count} * domain_size(*index) > kElementsMax) {
      errors->error(type_node->at, "an array has at most " + std::to_string(kElementsMax) + " elements");
      return;
    }
    count *= domain_size(*index);
    text.remove_prefix(of + 4);
  }
  std::optional<Type> type = parse_type(text, type_node->at);
  if (!type) return;
  if (type->kind == TypeKind::kEnum && type->name.empty()) {
    type->name = name;
    for (const std::string& constant : type->constants) check_new_name(constant, "a value", type_node->at);
    for (std::size_t i = 0; i < type->constants.size(); ++i) {
      add_constant(type->constants[i], static_cast<std::int32_t>(i), *type);
    }
  }
  const int family = add_family(name, *type, count, at);
  for (std::size_t place = 1; place < dims.size(); ++place) add_index_check(name, place, dims[place], at);
  families[static_cast<std::size_t>(family)].dims = std::move(dims);
  if (init == nullptr) return;
  std::vector<std::int32_t>& values = families[static_cast<std::size_t>(family)].init;
  if (init->is_list()) {
    if (init->items.size() != values.size()) {
      errors->error(init->at, "'" + name + "' has " + std::to_string(values.size()) + " elements, not " +
                                  std::to_string(init->items.size()));
      return;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (const auto v = initial_value(*type, init->items[i])) values[i] = *v;
    }
  } else if (const auto v = initial_value(*type, *init)) {
    std::fill(values.begin(), values.end(), *v);
  }
}

void World::read_list(const std::string& name, std::string_view type_text, const Node* init,
                      const Location& at) {
  const std::optional<Type> element = parse_type(type_text, at);
  if (!element) return;
  ListInfo list;
  list.name = name;
  list.element = *element;
  list.capacity = domain_size(*element);
  list.length_family = add_family(name + ".count", int_type(0, list.capacity), 1, at);
  list.items_family = add_family(name + ".items", *element, list.capacity, at);
  if (const ClassInfo* cls = find_class(element->name)) families.back().freed = cls->freed_family;
  if (init != nullptr && init->is_list()) {
    std::size_t n = 0;
    for (const Node& item : init->items) {
      const auto value = initial_value(*element, item);
      if (value && n < static_cast<std::size_t>(list.capacity)) {
        families[static_cast<std::size_t>(list.items_family)].init[n++] = *value;
      }
    }
    families[static_cast<std::size_t>(list.length_family)].init[0] = static_cast<std::int32_t>(n);
  }
  if (name == "devices_kset" && init == nullptr) fill_devices_kset(list);
  lists.emplace(name, std::move(list));
}

/// Linux v6.18 drivers/base/core.c device_add(): a device is appended when it is registered.
void World::fill_devices_kset(const ListInfo& list) {
  const Node* machine_node = section("machine");
  const Node* order = machine_node != nullptr ? machine_node->find("registration_order") : nullptr;
  std::vector<std::int32_t>& items = families[static_cast<std::size_t>(list.items_family)].init;
  std::size_t n = 0;
  const bool open = order != nullptr && order->is_scalar() && order->scalar == "any";
  if (open) leave_device_order_open(list);
  if (order == nullptr || open) {
    for (; n < devices.size(); ++n) items[n] = static_cast<std::int32_t>(n) + 1;
  } else {
    for (const Node& named : order->items) {
      const auto device = std::find_if(devices.begin(), devices.end(),
                                       [&](const DeviceInfo& info) { return info.name == named.scalar; });
      if (device != devices.end() && n < items.size())
        items[n++] = static_cast<std::int32_t>(device - devices.begin()) + 1;
    }
  }
  families[static_cast<std::size_t>(list.length_family)].init[0] = static_cast<std::int32_t>(n);
}

/// Every order in which a device comes after its parent is an initial state of its own.
void World::leave_device_order_open(const ListInfo& list) {
  open_device_order = true;
  families[static_cast<std::size_t>(list.items_family)].constant = false;
}

void World::read_locks() {
  const Node* map = section("locks");
  if (map == nullptr) return;
  for (const Node::Entry& entry : map->entries) {
    if (!check_new_name(entry.key, "a lock", entry.key_at)) continue;
    const std::optional<Type> type =
        entry.value.is_scalar() ? parse_type(entry.value.scalar, entry.value.at) : std::nullopt;
    if (type && is_lock(type->kind)) {
      add_family(entry.key, *type, 1, entry.key_at);
    } else {
      errors->error(entry.value.at,
                    "a lock is one of mutex, spinlock, rwlock, rwsem, srcu, completion, wait_queue");
    }
  }
}

}  // namespace quiesce::sim
