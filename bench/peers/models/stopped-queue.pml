/* Twin of stopped-queue.yaml: producers wait for their CMD_SYNC while the queue is stopped and started. Each
   assertion stands where what it says may become false. */
#ifndef N
#define N 2
#endif
#define NOBODY 255
#define NONE 0
#define CFGI 1
#define TLBI 2
#define SYNC 3

byte ring[4];
byte prod;
byte cons;
bool cmdqen = true;
bool acknowledged = true;
byte lock = NOBODY;
byte shadow;

active [N] proctype producer() {
  byte wanted;
  byte my_prod;
  byte my_cons;
CHOOSE:
  if
  :: wanted = TLBI
  :: wanted = CFGI
  fi;
LOCK:
  atomic {
    lock == NOBODY;
    lock = _pid
  }
LOAD:
  my_prod = prod;
ROOM:
  atomic {
    if
    :: (my_prod + 8 - shadow) % 8 <= 2
    :: else -> shadow = cons; goto ROOM
    fi
  }
WRITE:
  ring[my_prod % 4] = wanted;
SYNC_AFTER:
  ring[(my_prod + 1) % 4] = SYNC;
PUBLISH:
  atomic {
    prod = (my_prod + 2) % 8;
    assert((prod + 8 - cons) % 8 <= 4)
  }
UNLOCK:
  lock = NOBODY;
POLL:
  my_cons = cons;
LOOK:
  atomic {
    if
    :: ((my_cons + 8 - my_prod) % 8 >= 2 && (my_cons + 8 - my_prod) % 8 <= 5) || !cmdqen ->
       my_cons = 0;
       goto CHOOSE
    :: else -> goto POLL
    fi
  }
}

active proctype smmu() {
  byte executing;
IDLE:
  if
  :: atomic {
       acknowledged && cons != prod;
       executing = ring[cons % 4];
       assert(executing != NONE)
     }
  :: atomic { acknowledged && !cmdqen -> acknowledged = false; goto IDLE }
  :: atomic { !acknowledged && cmdqen -> acknowledged = true; goto IDLE }
  fi;
EXECUTE:
  skip;
ADVANCE:
  atomic {
    assert(acknowledged);
    cons = (cons + 1) % 8;
    goto IDLE
  }
}

active proctype driver() {
SWITCH:
  atomic {
    if
    :: cmdqen && acknowledged -> cmdqen = false
    :: !cmdqen && !acknowledged -> cmdqen = true
    fi;
    goto SWITCH
  }
}
