-- Twin of scenarios/textbook/dining-philosophers.yaml. ORDERED = 1 is its variant forks_in_order,
-- SEATS = 4 its variant four_seats. As it stands it is left_fork_first, which Rumur counts only with
-- deadlock detection off.
const
  N: 5;
  SEATS: 5;
  ORDERED: 0;

type
  Seat: 0..N-1;
  Mood: enum { Thinking, Hungry, OneFork, Eating };

var
  mood: array [Seat] of Mood;
  holder: array [Seat] of Seat;

function first(p: Seat): Seat;
begin
  return ORDERED = 1 & p = N - 1 ? 0 : p;
end;

function second(p: Seat): Seat;
begin
  return ORDERED = 1 & p = N - 1 ? p : (p + 1) % N;
end;

function taken_seats(): 0..N;
var
  taken: 0..N;
begin
  taken := 0;
  for p: Seat do
    if mood[p] != Thinking then
      taken := taken + 1;
    end;
  end;
  return taken;
end;

function holds(p: Seat; f: Seat): boolean;
begin
  if isundefined(holder[f]) then
    return false;
  end;
  return holder[f] = p;
end;

startstate
begin
  for p: Seat do
    mood[p] := Thinking;
    undefine holder[p];
  end;
end;

ruleset p: Seat do
  rule "sit down" mood[p] = Thinking & taken_seats() < SEATS ==>
  begin
    mood[p] := Hungry;
  end;

  rule "take the first fork" mood[p] = Hungry & isundefined(holder[first(p)]) ==>
  begin
    holder[first(p)] := p;
    mood[p] := OneFork;
  end;

  rule "take the second fork" mood[p] = OneFork & isundefined(holder[second(p)]) ==>
  begin
    holder[second(p)] := p;
    mood[p] := Eating;
  end;

  rule "put both forks down" mood[p] = Eating ==>
  begin
    undefine holder[first(p)];
    undefine holder[second(p)];
    mood[p] := Thinking;
  end;
end;

invariant "eats with two forks"
  forall p: Seat do mood[p] != Eating | (holds(p, first(p)) & holds(p, second(p))) end;
