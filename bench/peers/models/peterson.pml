/* Twin of scenarios/textbook/peterson.yaml: Peterson's n-process lock, a label for each program line. */
#ifndef N
#define N 3
#endif
#define NOBODY 255

/* SPIN has no quantifiers. */
#define BELOW(k) (k == _pid || announced[k] < level)
#if N == 3
#define ALL_BELOW (BELOW(0) && BELOW(1) && BELOW(2))
#elif N == 4
#define ALL_BELOW (BELOW(0) && BELOW(1) && BELOW(2) && BELOW(3))
#elif N == 5
#define ALL_BELOW (BELOW(0) && BELOW(1) && BELOW(2) && BELOW(3) && BELOW(4))
#elif N == 6
#define ALL_BELOW (BELOW(0) && BELOW(1) && BELOW(2) && BELOW(3) && BELOW(4) && BELOW(5))
#endif

byte announced[N];
byte last_comer[N] = NOBODY;  /* of levels 1 to N-1 */
byte inside;                  /* how many are in the critical section: for the assertion */

active [N] proctype climber() {
  byte level;
L0:
  level = 1;
L1:
  announced[_pid] = level;
L2:
  last_comer[level] = _pid;
L3:
  atomic {
    if
    :: ALL_BELOW || last_comer[level] != _pid ->
       level++;
       if
       :: level < N -> goto L1
       :: else -> inside++; assert(inside == 1)
       fi
    :: else -> goto L3
    fi
  }
L4:
  atomic {
    announced[_pid] = 1;
    inside--;
    goto L0
  }
}
