-- Twin of owner-queue.yaml: producers reserve slots, an owner publishes them, one consumer.
const
  N: 2;

type
  Pid: scalarset(N);
  Ring: 0..7;
  Position: 0..15;
  Line: enum { LOAD, SWAP, WRITE, SYNC, MARK, TURN, GATHER, POLL, HAND_ON, WAIT };

var
  opcode: array [Ring] of 0..2;
  argument: array [Ring] of 0..1;
  valid: array [Ring] of 0..1;
  reserved: Position;
  prod: Position;
  cons: Position;
  owned: boolean;
  handed_on: Position;
  line: array [Pid] of Line;
  seen: array [Pid] of Position;
  owner: array [Pid] of boolean;
  at: array [Pid] of Position;
  last: array [Pid] of Position;
  page: array [Pid] of 0..1;
  consuming: boolean;
  fetched_opcode: 0..2;
  fetched_argument: 0..1;

startstate
begin
  for s: Ring do
    opcode[s] := 0;
    argument[s] := 0;
    valid[s] := 0;
  end;
  reserved := 0;
  prod := 0;
  cons := 0;
  owned := false;
  handed_on := 0;
  for i: Pid do
    line[i] := LOAD;
    seen[i] := 0;
    owner[i] := false;
    at[i] := 0;
    last[i] := 0;
    page[i] := 0;
  end;
  consuming := false;
  fetched_opcode := 0;
  fetched_argument := 0;
end;

ruleset i: Pid do
  rule "load the position to reserve" line[i] = LOAD & (reserved + 16 - cons) % 16 <= 6 ==>
  begin
    seen[i] := reserved;
    line[i] := SWAP;
  end;

  rule "compare and swap it" line[i] = SWAP ==>
  begin
    if reserved = seen[i] then
      reserved := (reserved + 2) % 16;
      owner[i] := !owned;
      owned := true;
      line[i] := WRITE;
    else
      line[i] := LOAD;
    end;
  end;

  rule "write the command" line[i] = WRITE ==>
  begin
    opcode[seen[i] % 8] := 1;
    argument[seen[i] % 8] := page[i];
    line[i] := SYNC;
  end;

  rule "write the sync" line[i] = SYNC ==>
  begin
    opcode[(seen[i] + 1) % 8] := 2;
    argument[(seen[i] + 1) % 8] := 0;
    line[i] := MARK;
  end;

  rule "mark both entries valid" line[i] = MARK ==>
  begin
    valid[seen[i] % 8] := 1 - seen[i] / 8;
    valid[(seen[i] + 1) % 8] := 1 - seen[i] / 8;
    line[i] := owner[i] ? TURN : WAIT;
  end;

  rule "wait for the owner before" line[i] = TURN & handed_on = seen[i] ==>
  begin
    line[i] := GATHER;
  end;

  rule "stop gathering" line[i] = GATHER ==>
  begin
    at[i] := seen[i];
    last[i] := reserved;
    owned := false;
    line[i] := POLL;
  end;

  rule "wait for an entry to be valid, publish after the last" line[i] = POLL ==>
  begin
    if at[i] = last[i] then
      prod := last[i];
      line[i] := HAND_ON;
    elsif valid[at[i] % 8] = 1 - at[i] / 8 then
      at[i] := (at[i] + 1) % 16;
    end;
  end;

  rule "hand the ownership on" line[i] = HAND_ON ==>
  begin
    handed_on := last[i];
    at[i] := 0;
    last[i] := 0;
    line[i] := WAIT;
  end;

  rule "wait until the sync is consumed"
    line[i] = WAIT & (cons + 16 - seen[i]) % 16 >= 2 & (cons + 16 - seen[i]) % 16 <= 9 ==>
  begin
    owner[i] := false;
    page[i] := 1 - page[i];
    line[i] := LOAD;
  end;
end;

rule "fetch an entry" !consuming & cons != prod ==>
begin
  fetched_opcode := opcode[cons % 8];
  fetched_argument := argument[cons % 8];
  consuming := true;
end;

rule "consume it" consuming ==>
begin
  cons := (cons + 1) % 16;
  consuming := false;
end;

invariant "one gathers"
  forall i: Pid do forall j: Pid do i = j | line[i] != GATHER | line[j] != GATHER end end;

invariant "entries are written" !consuming | fetched_opcode = 1 + cons % 2;

invariant "ring is large enough" (reserved + 16 - cons) % 16 <= 8;
