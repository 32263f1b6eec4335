-- Twin of scenarios/textbook/mcslock2.yaml: the MCS lock with fetch-and-store only. An undefined Pid is nil.
const
  N: 2;

type
  Pid: scalarset(N);
  Line: enum { L0, L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, L12 };

var
  line: array [Pid] of Line;
  tail: Pid;
  successor: array [Pid] of Pid;
  predecessor: array [Pid] of Pid;
  old_tail: array [Pid] of Pid;
  usurper: array [Pid] of Pid;
  waits: array [Pid] of boolean;

startstate
begin
  undefine tail;
  for i: Pid do
    line[i] := L0;
    waits[i] := false;
    undefine successor[i];
    undefine predecessor[i];
    undefine old_tail[i];
    undefine usurper[i];
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
    line[i] := isundefined(successor[i]) ? L7 : L12;
  end;

  rule "swap the tail to nil" line[i] = L7 ==>
  begin
    if isundefined(tail) then
      undefine old_tail[i];
    else
      old_tail[i] := tail;
    end;
    undefine tail;
    line[i] := L8;
  end;

  rule "look whether the queue was empty" line[i] = L8 ==>
  begin
    if isundefined(old_tail[i]) then
      line[i] := L9;
    else
      line[i] := old_tail[i] = i ? L0 : L9;
    end;
  end;

  rule "put the old tail back" line[i] = L9 ==>
  begin
    assert !isundefined(old_tail[i]) "old tail is known";
    if isundefined(tail) then
      undefine usurper[i];
    else
      usurper[i] := tail;
    end;
    tail := old_tail[i];
    line[i] := L10;
  end;

  rule "wait for the successor to link" line[i] = L10 ==>
  begin
    line[i] := isundefined(successor[i]) ? L10 : L11;
  end;

  rule "hand the queue on" line[i] = L11 ==>
  begin
    if isundefined(usurper[i]) then
      waits[successor[i]] := false;
    else
      successor[usurper[i]] := successor[i];
    end;
    line[i] := L0;
  end;

  rule "clear the successor's flag" line[i] = L12 ==>
  begin
    waits[successor[i]] := false;
    line[i] := L0;
  end;
end;

invariant "mutual exclusion"
  forall i: Pid do forall j: Pid do i = j | line[i] != L6 | line[j] != L6 end end;
