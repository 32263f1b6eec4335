/* Twin of owner-queue.yaml: producers reserve slots, an owner publishes them, one consumer. Numbers are 32
   bits wide here too. Each assertion stands where what it says may become false. */
#ifndef N
#define N 2
#endif

int opcode[8];
int argument[8];
int valid[8];
int reserved;
int prod;
int cons;
bool owned;
int handed_on;
byte gathering;  /* how many are at GATHER: for the assertion */

active [N] proctype producer() {
  int seen;
  bool owner;
  int at;
  int last;
  int page;
LOAD:
  atomic {
    (reserved + 16 - cons) % 16 <= 6;
    seen = reserved
  }
SWAP:
  atomic {
    if
    :: reserved == seen ->
       reserved = (reserved + 2) % 16;
       assert((reserved + 16 - cons) % 16 <= 8);
       owner = !owned;
       owned = true
    :: else -> goto LOAD
    fi
  }
WRITE:
  atomic {
    opcode[seen % 8] = 1;
    argument[seen % 8] = page
  }
SYNC:
  atomic {
    opcode[(seen + 1) % 8] = 2;
    argument[(seen + 1) % 8] = 0
  }
MARK:
  atomic {
    valid[seen % 8] = 1 - seen / 8;
    valid[(seen + 1) % 8] = 1 - seen / 8;
    if
    :: owner
    :: else -> goto WAIT
    fi
  }
TURN:
  atomic {
    handed_on == seen;
    gathering++;
    assert(gathering == 1)
  }
GATHER:
  atomic {
    at = seen;
    last = reserved;
    owned = false;
    gathering--
  }
POLL:
  atomic {
    if
    :: at == last -> prod = last
    :: else ->
       if
       :: valid[at % 8] == 1 - at / 8 -> at = (at + 1) % 16
       :: else
       fi;
       goto POLL
    fi
  }
HAND_ON:
  atomic {
    handed_on = last;
    at = 0;
    last = 0
  }
WAIT:
  atomic {
    (cons + 16 - seen) % 16 >= 2 && (cons + 16 - seen) % 16 <= 9;
    owner = false;
    page = 1 - page;
    goto LOAD
  }
}

active proctype consumer() {
  int fetched_opcode;
  int fetched_argument;
FETCH:
  atomic {
    cons != prod;
    fetched_opcode = opcode[cons % 8];
    fetched_argument = argument[cons % 8];
    assert(fetched_opcode == 1 + cons % 2)
  }
CONSUME:
  atomic {
    cons = (cons + 1) % 16;
    goto FETCH
  }
}
