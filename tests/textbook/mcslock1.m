-- Twin of scenarios/textbook/mcslock1.yaml: the MCS lock with compare-and-swap. An undefined Pid is nil.
const
  N: 3;

type
  Pid: scalarset(N);
  Line: enum { L0, L1, L2, L3, L4, L5, L6, L7, L8, L9 };

var
  line: array [Pid] of Line;
  tail: Pid;
  successor: array [Pid] of Pid;
  predecessor: array [Pid] of Pid;
  waits: array [Pid] of boolean;

function tail_is(i: Pid): boolean;
begin
  if isundefined(tail) then
    return false;
  end;
  return tail = i;
end;

startstate
begin
  undefine tail;
  for i: Pid do
    line[i] := L0;
    waits[i] := false;
    undefine successor[i];
    undefine predecessor[i];
  end;
end;

ruleset i: Pid do
  rule "clear the own next pointer" line[i] = L0 ==>
  begin
    undefine successor[i];
    line[i] := L1;
  end;

  rule "swap oneself in as the tail" line[i] = L1 ==>
  begin
    if isundefined(tail) then
      undefine predecessor[i];
    else
      predecessor[i] := tail;
    end;
    tail := i;
    line[i] := L2;
  end;

  rule "look for a predecessor" line[i] = L2 ==>
  begin
    line[i] := isundefined(predecessor[i]) ? L6 : L3;
  end;

  rule "set the own flag" line[i] = L3 ==>
  begin
    waits[i] := true;
    line[i] := L4;
  end;

  rule "link behind the predecessor" line[i] = L4 ==>
  begin
    successor[predecessor[i]] := i;
    line[i] := L5;
  end;

  rule "spin on the own flag" line[i] = L5 ==>
  begin
    line[i] := waits[i] ? L5 : L6;
  end;

  rule "leave the critical section" line[i] = L6 ==>
  begin
    line[i] := isundefined(successor[i]) ? L7 : L9;
  end;

  rule "compare and swap the tail to nil" line[i] = L7 ==>
  begin
    if tail_is(i) then
      undefine tail;
      line[i] := L0;
    else
      line[i] := L8;
    end;
  end;

  rule "wait for the successor to link" line[i] = L8 ==>
  begin
    line[i] := isundefined(successor[i]) ? L8 : L9;
  end;

  rule "clear the successor's flag" line[i] = L9 ==>
  begin
    waits[successor[i]] := false;
    line[i] := L0;
  end;
end;

invariant "mutual exclusion"
  forall i: Pid do forall j: Pid do i = j | line[i] != L6 | line[j] != L6 end end;
