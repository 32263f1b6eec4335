-- Twin of stopped-queue.yaml: producers wait for their CMD_SYNC while the queue is stopped and started.
const
  N: 2;

type
  Pid: scalarset(N);
  Slot: 0..3;
  Position: 0..7;
  Command: enum { NONE, CFGI, TLBI, SYNC };
  Line: enum { CHOOSE, LOCK, LOAD, ROOM, WRITE, SYNC_AFTER, PUBLISH, UNLOCK, POLL, LOOK };

var
  ring: array [Slot] of Command;
  prod: Position;
  cons: Position;
  cmdqen: boolean;
  acknowledged: boolean;
  stage_of_smmu: enum { IDLE, EXECUTE, ADVANCE };
  executing: Command;
  lock: Pid;
  shadow: Position;
  line: array [Pid] of Line;
  wanted: array [Pid] of Command;
  my_prod: array [Pid] of Position;
  my_cons: array [Pid] of Position;

startstate
begin
  for s: Slot do
    ring[s] := NONE;
  end;
  prod := 0;
  cons := 0;
  cmdqen := true;
  acknowledged := true;
  stage_of_smmu := IDLE;
  executing := NONE;
  undefine lock;
  shadow := 0;
  for i: Pid do
    line[i] := CHOOSE;
    wanted[i] := NONE;
    my_prod[i] := 0;
    my_cons[i] := 0;
  end;
end;

ruleset i: Pid do
  rule "choose to invalidate a translation" line[i] = CHOOSE ==>
  begin
    wanted[i] := TLBI;
    line[i] := LOCK;
  end;

  rule "choose to invalidate a configuration" line[i] = CHOOSE ==>
  begin
    wanted[i] := CFGI;
    line[i] := LOCK;
  end;

  rule "take the lock" line[i] = LOCK & isundefined(lock) ==>
  begin
    lock := i;
    line[i] := LOAD;
  end;

  rule "load PROD" line[i] = LOAD ==>
  begin
    my_prod[i] := prod;
    line[i] := ROOM;
  end;

  rule "look for room for two, or load CONS again" line[i] = ROOM ==>
  begin
    if (my_prod[i] + 8 - shadow) % 8 <= 2 then
      line[i] := WRITE;
    else
      shadow := cons;
    end;
  end;

  rule "write the command" line[i] = WRITE ==>
  begin
    ring[my_prod[i] % 4] := wanted[i];
    line[i] := SYNC_AFTER;
  end;

  rule "write the sync" line[i] = SYNC_AFTER ==>
  begin
    ring[(my_prod[i] + 1) % 4] := SYNC;
    line[i] := PUBLISH;
  end;

  rule "publish PROD" line[i] = PUBLISH ==>
  begin
    prod := (my_prod[i] + 2) % 8;
    line[i] := UNLOCK;
  end;

  rule "release the lock" line[i] = UNLOCK ==>
  begin
    undefine lock;
    line[i] := POLL;
  end;

  rule "load CONS" line[i] = POLL ==>
  begin
    my_cons[i] := cons;
    line[i] := LOOK;
  end;

  rule "return if the sync is consumed or the queue is stopped" line[i] = LOOK ==>
  begin
    if ((my_cons[i] + 8 - my_prod[i]) % 8 >= 2 & (my_cons[i] + 8 - my_prod[i]) % 8 <= 5) | !cmdqen then
      my_cons[i] := 0;
      line[i] := CHOOSE;
    else
      line[i] := POLL;
    end;
  end;
end;

rule "fetch a command" stage_of_smmu = IDLE & acknowledged & cons != prod ==>
begin
  executing := ring[cons % 4];
  stage_of_smmu := EXECUTE;
end;

rule "execute it" stage_of_smmu = EXECUTE ==>
begin
  stage_of_smmu := ADVANCE;
end;

rule "advance CONS" stage_of_smmu = ADVANCE ==>
begin
  cons := (cons + 1) % 8;
  stage_of_smmu := IDLE;
end;

rule "acknowledge that it stopped" stage_of_smmu = IDLE & acknowledged & !cmdqen ==>
begin
  acknowledged := false;
end;

rule "acknowledge that it started" stage_of_smmu = IDLE & !acknowledged & cmdqen ==>
begin
  acknowledged := true;
end;

rule "clear CMDQEN" cmdqen & acknowledged ==>
begin
  cmdqen := false;
end;

rule "set CMDQEN" !cmdqen & !acknowledged ==>
begin
  cmdqen := true;
end;

invariant "entries are written" stage_of_smmu != EXECUTE | executing != NONE;

invariant "stopped is idle" acknowledged | stage_of_smmu = IDLE;

invariant "ring is large enough" (prod + 8 - cons) % 8 <= 4;
