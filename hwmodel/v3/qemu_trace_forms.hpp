// How QEMU writes each trace event of its SMMUv3.
//
// `{name:d}` is a decimal number, `{name:x}` a hexadecimal one, `{name:s}` text up to what follows it.
// QEMU 7.2 hw/arm/trace-events; the forms at the end are those in which later versions differ. Where
// these have only another name for an event, it goes by that of 7.2.
#pragma once

#include <array>
#include <string_view>

namespace quiesce::hwmodel::v3 {

struct EventForm {
  std::string_view event;
  std::string_view form;
  std::string_view name = event;  ///< in 7.2
};

inline constexpr std::array kEventForms{
    EventForm{"smmuv3_read_mmio", "addr: 0x{addr:x} val:0x{val:x} size: 0x{size:x}({result:d})"},
    EventForm{"smmuv3_write_mmio", "addr: 0x{addr:x} val:0x{val:x} size: 0x{size:x}({result:d})"},
    EventForm{"smmuv3_trigger_irq", "irq={irq:d}"},
    EventForm{"smmuv3_write_gerror", "toggled=0x{toggled:x}, new GERROR=0x{new:x}"},
    EventForm{"smmuv3_write_gerrorn", "acked=0x{acked:x}, new GERRORN=0x{new:x}"},
    EventForm{"smmuv3_unhandled_cmd", "Unhandled command type={type:d}"},
    EventForm{"smmuv3_cmdq_consume",
              "prod={prod:d} cons={cons:d} prod.wrap={prod_wrap:d} cons.wrap={cons_wrap:d}"},
    EventForm{"smmuv3_cmdq_opcode", "<--- {name:s}"},
    EventForm{"smmuv3_cmdq_consume_out",
              "prod:{prod:d}, cons:{cons:d}, prod_wrap:{prod_wrap:d}, cons_wrap:{cons_wrap:d}"},
    EventForm{"smmuv3_cmdq_consume_error", "Error on {name:s} command execution: {error:d}"},
    EventForm{"smmuv3_record_event", "{type:s} sid=0x{sid:x}"},
    EventForm{"smmuv3_find_ste", "sid=0x{sid:x} features:0x{features:x}, sid_split:0x{split:x}"},
    EventForm{"smmuv3_find_ste_2lvl",
              "strtab_base:0x{base:x} l1ptr:0x{l1ptr:x} l1_off:0x{l1_off:x}, l2ptr:0x{l2ptr:x} "
              "l2_off:0x{l2_off:x} max_l2_ste:{max:d}"},
    EventForm{"smmuv3_get_ste", "STE addr: 0x{addr:x}"},
    EventForm{"smmuv3_translate_disable",
              "{region:s} sid=0x{sid:x} bypass (smmu disabled) iova:0x{iova:x} is_write={is_write:d}"},
    EventForm{"smmuv3_translate_bypass",
              "{region:s} sid=0x{sid:x} STE bypass iova:0x{iova:x} is_write={is_write:d}"},
    EventForm{"smmuv3_translate_abort",
              "{region:s} sid=0x{sid:x} abort on iova:0x{iova:x} is_write={is_write:d}"},
    EventForm{"smmuv3_translate_success",
              "{region:s} sid=0x{sid:x} iova=0x{iova:x} translated=0x{translated:x} perm=0x{perm:x}"},
    EventForm{"smmuv3_get_cd", "CD addr: 0x{addr:x}"},
    EventForm{"smmuv3_decode_cd", "oas={oas:d}"},
    EventForm{"smmuv3_decode_cd_tt",
              "TT[{i:d}]:tsz:{tsz:d} ttb:0x{ttb:x} granule_sz:{granule:d} had:{had:d}"},
    EventForm{"smmuv3_cmdq_cfgi_ste", "streamid= 0x{sid:x}"},
    EventForm{"smmuv3_cmdq_cfgi_ste_range", "start=0x{start:x} - end=0x{end:x}"},
    EventForm{"smmuv3_cmdq_cfgi_cd", "sid=0x{sid:x}"},
    EventForm{"smmuv3_config_cache_hit",
              "Config cache HIT for sid=0x{sid:x} (hits={hits:d}, misses={misses:d}, hit rate={rate:d})"},
    EventForm{"smmuv3_config_cache_miss",
              "Config cache MISS for sid=0x{sid:x} (hits={hits:d}, misses={misses:d}, hit rate={rate:d})"},
    EventForm{"smmuv3_s1_range_inval",
              "vmid={vmid:d} asid={asid:d} addr=0x{addr:x} tg={tg:d} num_pages=0x{pages:x} ttl={ttl:d} "
              "leaf={leaf:d}"},
    EventForm{"smmuv3_cmdq_tlbi_nh", ""},
    EventForm{"smmuv3_cmdq_tlbi_nh_asid", "asid={asid:d}"},
    EventForm{"smmuv3_config_cache_inv", "Config cache INV for sid=0x{sid:x}"},
    EventForm{"smmuv3_notify_flag_add", "ADD SMMUNotifier node for iommu mr={region:s}"},
    EventForm{"smmuv3_notify_flag_del", "DEL SMMUNotifier node for iommu mr={region:s}"},
    EventForm{"smmuv3_inv_notifiers_iova",
              "iommu mr={region:s} asid={asid:d} iova=0x{iova:x} tg={tg:d} num_pages=0x{pages:x}"},
    EventForm{"smmu_add_mr", "{region:s}"},
    EventForm{
        "smmu_ptw_level",
        "level={level:d} iova=0x{iova:x} subpage_sz=0x{size:x} baseaddr=0x{base:x} offset={offset:d} => "
        "pte=0x{pte:x}"},
    EventForm{"smmu_ptw_invalid_pte",
              "stage={stage:d} level={level:d} base@=0x{base:x} pte@=0x{pteaddr:x} offset={offset:d} "
              "pte=0x{pte:x}"},
    EventForm{"smmu_ptw_page_pte",
              "stage={stage:d} level={level:d} iova=0x{iova:x} base@=0x{base:x} pte@=0x{pteaddr:x} "
              "pte=0x{pte:x} page address = 0x{address:x}"},
    EventForm{"smmu_ptw_block_pte",
              "stage={stage:d} level={level:d} base@=0x{base:x} pte@=0x{pteaddr:x} pte=0x{pte:x} "
              "iova=0x{iova:x} block address = 0x{address:x} block size = {mib:d} MiB"},
    EventForm{"smmu_get_pte", "baseaddr=0x{base:x} index=0x{offset:x}, pteaddr=0x{pteaddr:x}, pte=0x{pte:x}"},
    EventForm{"smmu_iotlb_inv_all", "IOTLB invalidate all"},
    EventForm{"smmu_iotlb_inv_asid", "IOTLB invalidate asid={asid:d}"},
    EventForm{"smmu_iotlb_inv_iova", "IOTLB invalidate asid={asid:d} addr=0x{addr:x}"},
    EventForm{"smmu_inv_notifiers_mr", "iommu mr={region:s}"},
    EventForm{"smmu_iotlb_lookup_hit",
              "IOTLB cache HIT asid={asid:d} addr=0x{addr:x} hit={hits:d} miss={misses:d} hit rate={rate:d}"},
    EventForm{
        "smmu_iotlb_lookup_miss",
        "IOTLB cache MISS asid={asid:d} addr=0x{addr:x} hit={hits:d} miss={misses:d} hit rate={rate:d}"},
    EventForm{"smmu_iotlb_insert", "IOTLB ++ asid={asid:d} addr=0x{addr:x} tg={tg:d} level={level:d}"},
    // Later versions.
    EventForm{"smmuv3_propagate_event", "{type:s} sid=0x{sid:x}", "smmuv3_record_event"},
    EventForm{"smmuv3_translate_success",
              "{region:s} sid=0x{sid:x} iova=0x{iova:x} translated=0x{translated:x} perm=0x{perm:x} "
              "stage={stage:d}"},
    EventForm{"smmuv3_range_inval",
              "vmid={vmid:d} asid={asid:d} addr=0x{addr:x} tg={tg:d} num_pages=0x{pages:x} ttl={ttl:d} "
              "leaf={leaf:d} stage={stage:d}",
              "smmuv3_s1_range_inval"},
    EventForm{"smmuv3_cmdq_tlbi_nh", "vmid={vmid:d}"},
    EventForm{"smmuv3_cmdq_tlbi_nsnh", "", "smmuv3_cmdq_tlbi_nh"},
    EventForm{"smmuv3_cmdq_tlbi_s12_vmid", "vmid={vmid:d}"},
    EventForm{
        "smmuv3_inv_notifiers_iova",
        "iommu mr={region:s} asid={asid:d} vmid={vmid:d} iova=0x{iova:x} tg={tg:d} num_pages=0x{pages:x} "
        "stage={stage:d}"},
    EventForm{"smmu_ptw_level",
              "stage={stage:d} level={level:d} iova=0x{iova:x} subpage_sz=0x{size:x} baseaddr=0x{base:x} "
              "offset={offset:d} => pte=0x{pte:x}"},
    EventForm{"smmu_config_cache_inv", "Config cache INV for sid=0x{sid:x}", "smmuv3_config_cache_inv"},
    EventForm{"smmu_configs_inv_sid_range", "Config cache INV SID range from 0x{start:x} to 0x{end:x}"},
    EventForm{"smmu_iotlb_inv_asid_vmid", "IOTLB invalidate asid={asid:d} vmid={vmid:d}",
              "smmu_iotlb_inv_asid"},
    EventForm{"smmu_iotlb_inv_vmid", "IOTLB invalidate vmid={vmid:d}", "smmu_iotlb_inv_all"},
    EventForm{"smmu_iotlb_inv_vmid_s1", "IOTLB invalidate vmid={vmid:d}", "smmu_iotlb_inv_all"},
    EventForm{"smmu_iotlb_lookup_hit",
              "IOTLB cache HIT asid={asid:d} vmid={vmid:d} addr=0x{addr:x} hit={hits:d} miss={misses:d} "
              "hit rate={rate:d}"},
    EventForm{"smmu_iotlb_lookup_miss",
              "IOTLB cache MISS asid={asid:d} vmid={vmid:d} addr=0x{addr:x} hit={hits:d} miss={misses:d} "
              "hit rate={rate:d}"},
    EventForm{"smmu_iotlb_insert",
              "IOTLB ++ asid={asid:d} vmid={vmid:d} addr=0x{addr:x} tg={tg:d} level={level:d}"},
    EventForm{"smmu_reset_exit", ""},
};

}  // namespace quiesce::hwmodel::v3
