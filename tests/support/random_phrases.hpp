// What random scenarios are put together from.
#pragma once

#include <array>

namespace quiesce::sim {

/// Where a phrase may stand. Steps are separated by ';', nested blocks stand in '[' and ']'.
enum class Where { kAnywhere, kTask };

struct Phrase {
  Where where;
  const char* steps;
};

// `G` is a bool or small number, `M` a mutex, `L` a spinlock, replaced by one of several at random.
// A phrase is sometimes cut short, so that unbalanced locks are met too.
inline constexpr std::array kPhrases{
    Phrase{Where::kAnywhere, "set: G = 1"},
    Phrase{Where::kAnywhere, "set: G += 1"},
    Phrase{Where::kAnywhere, "set: G -= 1"},
    Phrase{Where::kAnywhere, "load: x = G;set: G = 2 - x"},
    Phrase{Where::kAnywhere, "let: y = 1;set: G = y"},
    Phrase{Where::kAnywhere, "set: cells[S1] = 1;load: z = cells[S0];set: G = z"},
    Phrase{Where::kAnywhere, "cmpxchg: G|with: [0, 1]|on_failure: [set: G = 0]"},
    Phrase{Where::kAnywhere, "choose: c in 0..1;set: G = c"},
    Phrase{Where::kAnywhere, "if: G == 0|then: [set: G = 1]|else: [set: G = 0]"},
    Phrase{Where::kAnywhere, "set: G = 1|when: G == 0"},
    Phrase{Where::kAnywhere, "while: G == 1|do: [cpu_relax]"},
    Phrase{Where::kAnywhere, "while: G == 2|do: [set: G = 0]"},
    Phrase{Where::kAnywhere, "repeat: 2|do: [set: G = 1;set: G = 0]"},
    Phrase{Where::kAnywhere, "for_each: n in node|do: [set: n.mark = true]"},
    Phrase{Where::kAnywhere, "for_each: d in nodes|do: [set: G = 1]"},
    Phrase{Where::kAnywhere, "label: here;set: G = 0;goto: there;set: G = 1;label: there"},
    Phrase{Where::kAnywhere, "call: flip()"},
    Phrase{Where::kAnywhere, "call: r = answer(1);set: G = r"},
    Phrase{Where::kAnywhere, "invoke: notifiers.chain()"},
    Phrase{Where::kAnywhere, "atomic: [if: a == 0|then: [set: b = 1]|else: [set: b = 0]]"},
    Phrase{Where::kAnywhere, "list_add_tail: n2 to nodes"},
    Phrase{Where::kAnywhere, "list_del: n1 from nodes"},
    Phrase{Where::kAnywhere, "if: nodes.not_empty|then: [take_first: t from nodes]"},
    Phrase{Where::kAnywhere, "if: nodes.not_empty|then: [take_last: t from nodes]"},
    Phrase{Where::kAnywhere, "load: p = head;set: p.mark = true"},
    Phrase{Where::kAnywhere, "set: head = NULL"},
    Phrase{Where::kAnywhere, "load: p = head;kfree: p"},
    Phrase{Where::kAnywhere, "set: n1.freed = false;set: n1.mark = false"},
    Phrase{Where::kAnywhere, "write: smmu0.CR0 = 0"},
    Phrase{Where::kAnywhere, "write: smmu0.CR0 = 8"},
    Phrase{Where::kAnywhere, "write: smmu0.GBPA = 0x80100000"},
    Phrase{Where::kAnywhere, "load: hit = decision(smmu0);set: G = hit"},
    Phrase{Where::kAnywhere, "poll: G == 1|timeout: 20ms|on_timeout: [set: G = 0]"},
    Phrase{Where::kAnywhere, "poll: smmu0.CR0ACK.CMDQEN == 0|timeout: 1s"},
    Phrase{Where::kTask, "poll: G == 1|timeout: 20ms|sleeps: true"},
    Phrase{Where::kAnywhere,
           "local_irq_save;reserve_and_publish: at = smmu0|with: commands(TLBI_NH_VA, 1)|sync: true;"
           "poll: consumed(smmu0, smmu0.CMDQ_CONS, at)|timeout: 1s;local_irq_restore"},
    Phrase{Where::kAnywhere,
           "load: p = smmu0.CMDQ_PROD;put_commands: smmu0 at p|with: commands(ATC_INV);"
           "write: smmu0.CMDQ_PROD = advance(smmu0, p, 1)"},
    Phrase{Where::kAnywhere, "write: legacy.sCR0 = 1"},
    Phrase{Where::kAnywhere, "write: legacy.SCTLR[0] = 0x67;load: x = legacy.SCTLR[0].CFIE;set: G = x"},
    Phrase{Where::kAnywhere, "clk_disable: legacy;write: legacy.S2CR[0] = 0x10000;clk_enable: legacy"},
    Phrase{Where::kAnywhere, "write: legacy.SCTLR[0] = 0|relaxed: true;clk_disable: legacy"},
    Phrase{Where::kAnywhere, "power_off: legacy;set: G = 1;power_on: legacy"},
    Phrase{Where::kAnywhere, "write: legacy.sGFSRRESTORE = 2;load: x = legacy.sGFSR.USF;set: G = x"},
    Phrase{Where::kAnywhere, "write: legacy.sTLBGSYNC = 0;poll: legacy.sTLBGSTATUS == 0|timeout: 1s"},
    Phrase{Where::kTask, "clk_disable: legacy;poll: legacy.FSR[0] == 2|timeout: 20ms|sleeps: true"},
    Phrase{Where::kAnywhere, "set: G = 1;dma_wmb;set: cells[S0] = 1"},
    Phrase{Where::kAnywhere, "set: G = 1;smp_wmb;set: cells[S1] = 1"},
    Phrase{Where::kAnywhere, "set: G = 1;smp_mb;load: z = cells[S0];set: G = z"},
    Phrase{Where::kAnywhere, "set: cells[S0] = 1;set: G = 1|order: release"},
    Phrase{Where::kAnywhere, "load: x = G|order: acquire;set: cells[S1] = 0"},
    Phrase{Where::kAnywhere, "set: cells[S1] = 1;set: G += 1|order: relaxed"},
    Phrase{Where::kAnywhere, "set: b = 1;cmpxchg: G|with: [0, 1]|order: relaxed"},
    Phrase{Where::kAnywhere, "set: b = 2;atomic: [if: a == 0|then: [set: a = 1]]|order: relaxed"},
    Phrase{Where::kAnywhere, "write: smmu0.CR0 = 0|relaxed: true;if: smmu0.CR0 == 0|then: [set: G = 1]"},
    Phrase{Where::kAnywhere,
           "load: p = smmu0.CMDQ_PROD;put_commands: smmu0 at p|with: commands(TLBI_NH_VA);dma_wmb;"
           "write: smmu0.CMDQ_PROD = advance(smmu0, p, 1)|relaxed: true"},
    Phrase{Where::kTask, "mutex_lock: M;set: G = 1;mutex_unlock: M"},
    Phrase{Where::kTask, "mutex_lock: m1;mutex_lock: M;mutex_unlock: M;mutex_unlock: m1"},
    Phrase{Where::kAnywhere, "spin_lock: L;set: G = 1;spin_unlock: L"},
    Phrase{Where::kAnywhere, "spin_lock_irqsave: L;set: G = 1;spin_unlock_irqrestore: L"},
    Phrase{Where::kTask, "spin_lock_irq: L;set: G = 1;spin_unlock_irq: L"},
    Phrase{Where::kTask, "spin_lock_bh: L;set: G = 1;spin_unlock_bh: L"},
    Phrase{Where::kAnywhere, "read_lock: rw;load: v = G;read_unlock: rw"},
    Phrase{Where::kAnywhere, "write_lock: rw;set: G = 1;write_unlock: rw"},
    Phrase{Where::kTask, "down_read: sem;load: v = G;up_read: sem"},
    Phrase{Where::kTask, "down_write: sem;set: G = 1;up_write: sem"},
    Phrase{Where::kAnywhere, "rcu_read_lock;load: v = G;rcu_read_unlock"},
    Phrase{Where::kTask, "synchronize_rcu;set: G = 0"},
    Phrase{Where::kTask, "srcu_read_lock: srcu;load: v = G;srcu_read_unlock: srcu"},
    Phrase{Where::kTask, "synchronize_srcu: srcu"},
    Phrase{Where::kTask, "wait_for_completion: done"},
    Phrase{Where::kAnywhere, "complete: done"},
    Phrase{Where::kAnywhere, "complete_all: done"},
    Phrase{Where::kAnywhere, "reinit_completion: done"},
    Phrase{Where::kTask, "wait_event: G == 1|with: queue"},
    Phrase{Where::kAnywhere, "set: G = 1;wake_up: queue"},
    Phrase{Where::kTask, "wait_until: G == 0"},
    Phrase{Where::kAnywhere, "local_irq_save;set: G = 1;local_irq_restore"},
    Phrase{Where::kTask, "local_irq_disable;set: G = 1;local_irq_enable"},
    Phrase{Where::kTask, "preempt_disable;set: G = 1;preempt_enable"},
    Phrase{Where::kTask, "local_bh_disable;set: G = 1;local_bh_enable"},
    Phrase{Where::kTask, "cond_resched"},
    Phrase{Where::kTask, "might_sleep"},
    Phrase{Where::kTask, "sleep: 30ms"},
    Phrase{Where::kAnywhere, "delay: 12ms"},
    Phrase{Where::kAnywhere, "delay: 2s"},
    Phrase{Where::kAnywhere, "raise_irq: nic"},
    Phrase{Where::kAnywhere, "raise_softirq: NET_RX"},
    Phrase{Where::kAnywhere, "mod_timer: soft|with: 10ms"},
    Phrase{Where::kAnywhere, "mod_timer: hard|with: 15ms;del_timer: hard"},
    Phrase{Where::kTask, "mod_timer: soft|with: 5ms;del_timer_sync: soft;set: G = 1"},
    Phrase{Where::kAnywhere, "queue_work: work"},
    Phrase{Where::kTask, "queue_work: work;flush_work: work"},
    Phrase{Where::kTask, "cancel_work_sync: work"},
    Phrase{Where::kTask, "set_cpus_allowed: cpu0"},
    Phrase{Where::kTask, "smp_send_stop|timeout: 1s;machine_reset"},
    Phrase{Where::kTask, "machine_halt"},
    Phrase{Where::kTask, "machine_kexec"},
    Phrase{Where::kAnywhere, "panic: 'it is over'"},
    Phrase{Where::kAnywhere, "log: 'value {a}'"},
    Phrase{Where::kAnywhere, "finding: odd"},
    Phrase{Where::kTask, "exit"},
};

// Of the few scenarios with a device that accesses memory by itself, `disk`, behind `smmu0`.
inline constexpr std::array kTrafficPhrases{
    "set: disk.iova0.frame = NULL",
    "set: disk.iova0.frame = disk.frame0",
    "set: disk.frame0.freed = true",
    "set: disk.ste.Config = 0",
    "set: disk.ste.V = true",
    "set: disk.cd0.EPD0 = true",
    "set: disk.cd0.S = true",
    "set: disk.bus_master = false",
    "set: disk.bus_master = true",
    "set: disk.bus_master = false;poll: not in_flight(disk)|timeout: 1s",
    "write: smmu0.CR0 = 0",
    "reserve_and_publish: at = smmu0|with: commands(CFGI_STE, 1, disk)|sync: true;"
    "poll: consumed(smmu0, smmu0.CMDQ_CONS, at)|timeout: 1s",
    "set: disk.iova0.frame = NULL;reserve_and_publish: at = smmu0|with: commands(TLBI_NH_VA, 1, disk.iova0)|"
    "sync: true;poll: consumed(smmu0, smmu0.CMDQ_CONS, at)|timeout: 1s;set: disk.frame0.freed = true",
};

// Of those where it is `client`, behind `legacy`.
inline constexpr std::array kLegacyTrafficPhrases{
    "set: client.iova0.frame = NULL",
    "set: client.frame0.freed = true",
    "set: client.bus_master = false",
    "write: legacy.TLBIASID[0] = 0",
    "write: legacy.TLBSYNC[0] = 0;poll: legacy.TLBSTATUS[0] == 0|timeout: 1s",
    "write: legacy.TTBR0[0] = NULL",
    "write: legacy.SCTLR[0] = 0",
    "write: legacy.FSR[0] = 2",
    "load: hit = decision(client);set: b = 2 - hit",
};

}  // namespace quiesce::sim
