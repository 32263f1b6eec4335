// What a scenario declares, before any step is compiled: types, classes and their objects, families of
// state, routines, the machine, tasks, hooks and properties. Plain data with names resolved to numbers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hwmodel/v2/smmu.hpp"
#include "hwmodel/v3/smmu.hpp"
#include "sim/code.hpp"
#include "sim/diagnostic.hpp"
#include "sim/node.hpp"
#include "sim/type.hpp"

namespace quiesce::sim {

enum class Preemption : std::uint8_t { kNone, kVoluntary, kFull, kLazy };
enum class Sched : std::uint8_t { kFair, kAny };

/// A class of objects; fields are families named "CLASS.FIELD" with one element per object.
struct ClassInfo {
  std::string name;
  std::vector<std::string> objects;
  std::map<std::string, int, std::less<>> fields;  ///< field name -> family
  int freed_family = -1;                           ///< of the field `freed`, if its objects are freeable
};

/// `list of T`: a length and its elements, in order; unused elements are 0.
struct ListInfo {
  std::string name;
  Type element;
  int length_family = -1;
  int items_family = -1;
  std::int32_t capacity = 0;
};

struct RoutineInfo {
  std::string name;
  std::string source;
  std::vector<std::pair<std::string, std::string>> params;  ///< name, type text ("" = any)
  std::vector<Location> types_at;                           ///< of the parameters
  const Node* steps = nullptr;                              ///< the chosen form
  std::string form;
  Location at;
};

struct FunctionInfo {
  std::string name;
  std::vector<std::string> params;
  const Node* body = nullptr;
  Location at;
};

struct SmmuInfo {
  std::string name;
  bool is_legacy = false;
  hwmodel::v3::Config config;         ///< of an SMMUv3
  hwmodel::v2::Config legacy_config;  ///< of a legacy SMMU
  hwmodel::v2::Unmatched unmatched = hwmodel::v2::Unmatched::kFault;
  Location at;
};

/// What a device does to memory by itself, and how its stream is set up at the beginning.
struct DmaInfo {
  int pages = 1;                    ///< of its domain that it accesses
  int substreams = 0;               ///< context descriptors beside that of SubstreamID 0
  bool physical = false;            ///< it is given physical addresses
  bool mapped = true;               ///< its pages are
  std::string entry = "translate";  ///< its stream table entry: translate, bypass, abort, invalid, absent
  int stream_id = -1;               ///< -1: not yet numbered
  std::string direction = "both";   ///< behind a legacy SMMU: reads, writes, both
  Location at;
  int l1std = -1;  ///< of World::l1std_infos, -1: the SMMU's stream table is linear
};

struct DeviceInfo {
  std::string name;
  std::string driver;
  Location driver_at;
  std::string behind;  ///< an SMMU's name
  int domain = -1;     ///< of World::domains_of_devices()
  Location at;
  int stream_id = -1;  ///< behind a legacy SMMU
  int group = -1;      ///< the stream mapping group that names it there
  std::optional<DmaInfo> dma;
};

/// A first-level descriptor of an SMMU's two-level stream table.
struct L1stdInfo {
  std::size_t smmu = 0;
  int number = 0;       ///< within the table
  bool reaches = true;  ///< it leads to entries at the beginning
};

/// A translation table, and the pages of IOVAs that it has.
struct DomainInfo {
  std::string name;
  std::string stem;  ///< what its pages are called after
  int pages = 0;
  bool mapped = true;
  Location at;
};

struct TaskInfo {
  std::string name;
  std::string kind;                ///< "user", "kthread", "kworker", "init"
  std::uint32_t cpus_allowed = 0;  ///< where it starts, and may run
  bool may_stall = true;
  const Node* run = nullptr;  ///< null: ksoftirqd
  Location at;
  bool daemon = false;  ///< never ends
  int work = -1;        ///< whose kworker it is
};

/// A wire that comes out of an SMMU.
struct SmmuLine {
  std::size_t smmu = 0;
  std::size_t line = 0;  ///< as Line of its model counts
};

struct InterruptInfo {
  std::string name;
  const Node* handler = nullptr;
  int cpu = 0;
  std::vector<SmmuLine> from;
  int device = -1;  ///< that sends it, as a message through its SMMU
};

struct KernelTimerInfo {
  std::string name;
  const Node* handler = nullptr;
  bool hard = false;  ///< hrtimer: its handler runs in hardirq context, else in the TIMER softirq
  int cpu = 0;
};

struct SoftirqInfo {
  std::string name;
  const Node* handler = nullptr;
};

struct WorkInfo {
  std::string name;  ///< its state is in the globals NAME__pending and NAME__running
};

struct RuleInfo {
  std::string name;
  std::vector<std::pair<std::string, std::string>> params;  ///< name, type
  const Node* when = nullptr;
  const Node* body = nullptr;
  Location at;
};

struct HookInfo {
  std::string routine;
  Location at;  ///< of the hook's name
};

struct HookTable {
  std::vector<std::pair<std::string, std::map<std::string, HookInfo, std::less<>>>> owners;
};

/// Whether a version such as "v6.12" is older than `major`.`minor`.
[[nodiscard]] bool is_before(std::string_view version, int major, int minor);

struct MachineInfo {
  int cpus = 1;
  int reboot_cpu = 0;
  std::string kernel = "v6.18";
  Preemption preemption = Preemption::kVoluntary;
  Sched sched = Sched::kFair;
  bool has_cpus = false;  ///< false for models that are rules only
  bool panic_on_oops = false;
  bool soft_lockup_watchdog = true;
  std::int32_t watchdog_thresh_s = 10;
  bool idle_before = true;  ///< CPUs may have been tick-stopped idle before they get stuck
  std::int32_t hung_task_timeout_s = 120;
  std::int32_t rcu_stall_timeout_s = 21;  ///< 0: off
  bool rcu_preempt = false;               ///< CONFIG_PREEMPT_RCU
  bool preempt_count = false;             ///< CONFIG_PREEMPT_COUNT: a tick knows where it interrupts
  bool wait_requeues = false;             ///< a woken wait_event() goes to its queue before it looks
  int store_buffer = 0;                   ///< entries of each CPU's; 0: memory is sequentially consistent
  std::map<std::string, std::string, std::less<>> forms;
};

/// Letters, digits and '_', and no digit first.
[[nodiscard]] bool is_name(std::string_view text);

/// Named state: globals and objects' fields are families; lists are pairs of families.
class World {
 public:
  /// Reads every declaration of a variant's document. Mistakes go to `errors`. `written` are the
  /// families that some step writes: the others become constants.
  World(const Node& document, const std::set<std::string>* written, Diagnostics& errors);

  [[nodiscard]] std::optional<Type> parse_type(std::string_view text, const Location& at);
  /// While it is not known yet which families are constants: rules about shared reads wait.
  [[nodiscard]] bool constants_unknown() const { return written_ == nullptr; }
  [[nodiscard]] const ClassInfo* find_class(std::string_view name) const;
  [[nodiscard]] int find_family(std::string_view name) const;
  /// The family that holds each value of an array's inner index under that value, and nothing under others:
  /// reading it tells whether the index is one. `place`: of the index, from 0.
  [[nodiscard]] static std::string name_of_index(const std::string& array, std::size_t place);
  [[nodiscard]] const ListInfo* find_list(std::string_view name) const;
  [[nodiscard]] const RoutineInfo* find_routine(std::string_view name) const;
  /// Value and type of an enumeration constant, object, id or errno named `name`.
  [[nodiscard]] std::optional<std::pair<std::int32_t, Type>> find_constant(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> visible_names() const;
  /// What a device may lack, if a domain or an SMMU is NULL; else nothing.
  [[nodiscard]] std::string hint_for_null(const Type& type) const;
  /// Number of values of an index type (id, enum, bool, int) or of objects of a class; 0 if none.
  [[nodiscard]] std::int32_t domain_size(const Type& type) const;
  /// The id types and classes of the scenario, the empty domain first. CPUs are none: they differ.
  [[nodiscard]] std::vector<Domain> domains() const;
  [[nodiscard]] DomainId domain_of(const Type& type) const;
  /// Whether some device accesses memory by itself.
  [[nodiscard]] bool has_traffic() const;
  /// What stands among the written families if some step may set SCTLR.CFCFG of a legacy SMMU.
  static constexpr std::string_view kStallsLegacy = "SCTLR.CFCFG";
  /// Whether it does: only then faults of legacy SMMUs can stall.
  [[nodiscard]] bool may_stall_legacy() const;
  /// Whether some SMMU is a legacy one.
  [[nodiscard]] bool has_legacy() const;
  [[nodiscard]] int find_smmu(std::string_view name) const;
  /// Whether there are objects that `kfree` may free.
  [[nodiscard]] bool has_freeable() const;
  [[nodiscard]] bool is_freeable(const Node& class_node) const;
  /// Whether the family is the field `freed` of a freeable class.
  [[nodiscard]] bool is_freed_flag(int family) const;
  /// Text of a value, for people.
  [[nodiscard]] std::string show(const Type& type, std::int32_t value) const;

  const Node* document;
  Diagnostics* errors;
  MachineInfo machine;
  std::vector<Family> families;
  std::map<std::string, int, std::less<>> family_by_name;
  std::map<std::string, Type, std::less<>> types;
  std::map<std::string, ClassInfo, std::less<>> classes;
  std::map<std::string, ListInfo, std::less<>> lists;
  std::map<std::string, RoutineInfo, std::less<>> routines;
  std::map<std::string, FunctionInfo, std::less<>> functions;
  std::map<std::string, std::vector<std::pair<std::int32_t, Type>>, std::less<>> constants;
  std::map<std::string, HookTable, std::less<>> hooks;  ///< "driver", "syscore_ops", "notifiers"
  std::vector<SmmuInfo> smmus;                          ///< SMMUv3s first
  std::vector<DeviceInfo> devices;
  std::vector<L1stdInfo> l1std_infos;    ///< as the objects of the class `l1std`
  std::vector<DomainInfo> domain_infos;  ///< as the objects of the class `domain`
  bool open_device_order = false;        ///< `registration_order: any`
  std::vector<TaskInfo> tasks;
  std::vector<InterruptInfo> interrupts;
  std::vector<KernelTimerInfo> timers;
  std::vector<SoftirqInfo> softirqs;
  std::vector<WorkInfo> works;
  std::vector<RuleInfo> rules;
  std::vector<std::string> finding_kinds;  ///< built in, then the scenario's own

 private:
  void read_machine();
  void read_machine_knobs(const Node& node);
  void read_rcu_knobs(const Node& node);
  void read_memory_knobs(const Node& node);
  void read_smmus(const Node& smmus, const Node& machine_node);
  [[nodiscard]] SmmuInfo read_smmuv3(const Node::Entry& entry);
  [[nodiscard]] SmmuInfo read_smmuv2(const Node::Entry& entry, const Node& machine_node);
  void check_knobs_of_model(const Node& smmu, bool is_legacy);
  void attach_to_legacy();
  void number_groups(std::size_t smmu);
  void number_banks(std::size_t smmu);
  void read_devices(const Node& devices);
  [[nodiscard]] const Node* map_of_maps(const Node& machine_node, const char* key, const char* each);
  void read_domains(const Node& domains);
  [[nodiscard]] std::optional<DmaInfo> read_dma(const Node& device);
  [[nodiscard]] bool is_stall_forced(const DeviceInfo& device) const;
  void number_streams();
  [[nodiscard]] bool is_behind_legacy(const DeviceInfo& device) const;
  void check_dma_of_model(const DeviceInfo& device);
  void number_descriptor(DeviceInfo& device, std::size_t smmu);
  void add_stream_objects(const Location& at);
  void add_stream_fields(const Location& at);
  void fill_descriptors();
  void fill_stream_fields();
  void fill_smmus_and_domains();
  [[nodiscard]] Family& field_of(const std::string& cls, const std::string& field);
  void read_types();
  void read_class_fields();
  void add_field(const std::string& cls, const std::string& field, std::string_view type_text,
                 const Location& at);
  void add_machine_fields();
  void add_declared_fields(const Node& declared);
  void link_freed();
  void read_objects();
  void read_object_values(const std::string& class_name, const std::string& object, const Node& body);
  void read_globals();
  void read_global(const std::string& name, const Node& value, const Location& at);
  void read_list(const std::string& name, std::string_view type_text, const Node* init, const Location& at);
  void fill_devices_kset(const ListInfo& list);
  void leave_device_order_open(const ListInfo& list);
  void read_locks();
  void read_functions();
  void read_routines();
  void read_routine(const std::string& name, const Node& value, const Location& at);
  void read_hooks();
  void read_tasks();
  void read_contexts();
  void read_works();
  void read_ksoftirqds();
  [[nodiscard]] bool has_softirqs() const;
  void read_rules();
  void read_findings();
  void read_counts();
  void read_kernel(const Node& machine);
  [[nodiscard]] int cpu_of_line(const Node& value);
  [[nodiscard]] std::vector<SmmuLine> lines_of(const Node& value, int& device);
  [[nodiscard]] std::optional<SmmuLine> find_line(const Node& name);
  [[nodiscard]] bool fits(const Node& map, std::size_t most, const char* what);
  [[nodiscard]] const Node* handler_of(const Node::Entry& entry, const char* what);
  [[nodiscard]] const Node* chosen_form(const std::string& name, const Node& forms, std::string& form);
  void check_forms();
  bool check_new_name(const std::string& name, const std::string& what, const Location& at);
  bool check_function_name(const std::string& name, const Location& at);
  void check_hooks();
  void check_hook(const std::string& table, const std::string& hook, const Location& at,
                  const std::vector<std::string>& run);
  void check_invoked(const std::string& hook, const Location& at, const std::vector<std::string>& had);
  void check_drivers();
  void check_registration_order(const Node& machine);
  int add_family(const std::string& name, Type type, std::int32_t count, const Location& at);
  void add_index_check(const std::string& array, std::size_t place, const Type& dim, const Location& at);
  void add_object(const std::string& class_name, const std::string& object, const Location& at);
  void add_constant(const std::string& name, std::int32_t value, const Type& type);
  [[nodiscard]] std::optional<std::int32_t> initial_value(const Type& type, const Node& node);
  [[nodiscard]] const Node* section(std::string_view name) const;
  void expect_keys(const Node& map, const std::vector<std::string>& valid, std::string_view what);

  const std::set<std::string>* written_;
  std::vector<std::string> formless_;  ///< routines of which no form fits the kernel
};

}  // namespace quiesce::sim
