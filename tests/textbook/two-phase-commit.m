-- Twin of scenarios/textbook/two-phase-commit.yaml: the actions of TLA+ Examples' TwoPhase.tla.
const
  N: 3;

type
  Manager: scalarset(N);
  Phase: enum { Working, Prepared, Committed, Aborted };
  Verdict: enum { Open, Commit, Abort };

var
  phase: array [Manager] of Phase;
  says_prepared: array [Manager] of boolean;
  heard_prepared: array [Manager] of boolean;
  verdict: Verdict; -- also the message: the transaction manager sends exactly what it decides

startstate
begin
  verdict := Open;
  for r: Manager do
    phase[r] := Working;
    says_prepared[r] := false;
    heard_prepared[r] := false;
  end;
end;

rule "the transaction manager commits"
  verdict = Open & forall r: Manager do heard_prepared[r] end ==>
begin
  verdict := Commit;
end;

rule "the transaction manager aborts" verdict = Open ==>
begin
  verdict := Abort;
end;

ruleset r: Manager do
  rule "the transaction manager receives Prepared" verdict = Open & says_prepared[r] ==>
  begin
    heard_prepared[r] := true;
  end;

  rule "a resource manager prepares" phase[r] = Working ==>
  begin
    phase[r] := Prepared;
    says_prepared[r] := true;
  end;

  rule "a resource manager chooses to abort" phase[r] = Working ==>
  begin
    phase[r] := Aborted;
  end;

  rule "a resource manager receives Commit" verdict = Commit ==>
  begin
    phase[r] := Committed;
  end;

  rule "a resource manager receives Abort" verdict = Abort ==>
  begin
    phase[r] := Aborted;
  end;
end;

invariant "consistent"
  forall r: Manager do forall q: Manager do phase[r] != Committed | phase[q] != Aborted end end;
