-- Twin of scenarios/textbook/peterson.yaml: Peterson's n-process lock as CMurphi's n_peterson.m counts it.
const
  N: 3;

type
  Pid: scalarset(N);
  Level: 0..N;
  Line: enum { L0, L1, L2, L3, L4 };

var
  line: array [Pid] of Line;
  announced: array [Pid] of Level;
  last_comer: array [Level] of Pid;
  level: array [Pid] of Level;

function may_go_on(i: Pid): boolean;
begin
  if last_comer[level[i]] != i then
    return true;
  end;
  return forall k: Pid do k = i | announced[k] < level[i] end;
end;

startstate
begin
  for i: Pid do
    line[i] := L0;
    announced[i] := 0;
    level[i] := 0;
  end;
  for l: Level do
    undefine last_comer[l];
  end;
end;

ruleset i: Pid do
  rule "begin to climb" line[i] = L0 ==>
  begin
    level[i] := 1;
    line[i] := L1;
  end;

  rule "announce the level" line[i] = L1 ==>
  begin
    announced[i] := level[i];
    line[i] := L2;
  end;

  rule "give way" line[i] = L2 ==>
  begin
    last_comer[level[i]] := i;
    line[i] := L3;
  end;

  rule "wait for the others" line[i] = L3 ==>
  begin
    if may_go_on(i) then
      level[i] := level[i] + 1;
      line[i] := level[i] = N ? L4 : L1;
    end;
  end;

  rule "leave the critical section" line[i] = L4 ==>
  begin
    announced[i] := 1;
    line[i] := L0;
  end;
end;

invariant "mutual exclusion"
  forall i: Pid do forall j: Pid do i = j | line[i] != L4 | line[j] != L4 end end;
