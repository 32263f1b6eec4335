/* Twin of scenarios/textbook/mcslock2.yaml: the MCS lock with fetch-and-store only. */
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
  byte old_tail = NIL;
  byte usurper = NIL;
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
    :: successor[_pid] != NIL -> goto L12
    :: else
    fi
  }
L7:
  atomic {
    old_tail = tail;
    tail = NIL
  }
L8:
  atomic {
    if
    :: old_tail == _pid -> goto L0
    :: else -> assert(old_tail != NIL)
    fi
  }
L9:
  atomic {
    usurper = tail;
    tail = old_tail
  }
L10:
  atomic {
    if
    :: successor[_pid] == NIL -> goto L10
    :: else
    fi
  }
L11:
  atomic {
    if
    :: usurper != NIL -> successor[usurper] = successor[_pid]
    :: else -> waits[successor[_pid]] = false
    fi;
    goto L0
  }
L12:
  atomic {
    waits[successor[_pid]] = false;
    goto L0
  }
}
