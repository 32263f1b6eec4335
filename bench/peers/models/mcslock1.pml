/* Twin of scenarios/textbook/mcslock1.yaml: the MCS lock with compare-and-swap. */
#ifndef N
#define N 2
#endif
#define NIL 255

byte tail = NIL;
byte successor[N] = NIL;
bool waits[N];
byte inside;  /* how many are in the critical section: for the assertion */

active [N] proctype locker() {
  byte predecessor = NIL;
L0:
  successor[_pid] = NIL;
L1:
  atomic {
    predecessor = tail;
    tail = _pid
  }
L2:
  atomic {
    if
    :: predecessor == NIL -> inside++; assert(inside == 1); goto L6
    :: else
    fi
  }
L3:
  waits[_pid] = true;
L4:
  successor[predecessor] = _pid;
L5:
  atomic {
    if
    :: waits[_pid] -> goto L5
    :: else -> inside++; assert(inside == 1)
    fi
  }
L6:
  atomic {
    inside--;
    if
    :: successor[_pid] != NIL -> goto L9
    :: else
    fi
  }
L7:
  atomic {
    if
    :: tail == _pid -> tail = NIL; goto L0
    :: else
    fi
  }
L8:
  atomic {
    if
    :: successor[_pid] == NIL -> goto L8
    :: else
    fi
  }
L9:
  atomic {
    waits[successor[_pid]] = false;
    goto L0
  }
}
