-- Twin of scenarios/textbook/alternating-bit.yaml. RECEIVER_CHECKS = 0 or SENDER_CHECKS = 0 is a broken
-- protocol, which Rumur must refute.
const
  RECEIVER_CHECKS: 1;
  SENDER_CHECKS: 1;

type
  Number: 0..3;
  Bit: 0..1;

var
  sending: Number;
  send_bit: Bit;
  frame_number: Number; -- undefined: no frame on its way
  frame_bit: Bit;
  ack_bit: Bit;         -- undefined: no acknowledgement on its way
  wanted: Number;
  want_bit: Bit;
  out_of_order: boolean;

procedure lose_frame();
begin
  undefine frame_number;
  undefine frame_bit;
end;

startstate
begin
  sending := 0;
  send_bit := 0;
  wanted := 0;
  want_bit := 0;
  out_of_order := false;
  lose_frame();
  undefine ack_bit;
end;

rule "send the message, once more if need be" isundefined(frame_number) ==>
begin
  frame_number := sending;
  frame_bit := send_bit;
end;

rule "lose the frame" !isundefined(frame_number) ==>
begin
  lose_frame();
end;

rule "receive the frame" !isundefined(frame_number) & isundefined(ack_bit) ==>
begin
  if frame_bit = want_bit | RECEIVER_CHECKS = 0 then
    out_of_order := frame_number != wanted;
    wanted := (wanted + 1) % 4;
    want_bit := 1 - want_bit;
  end;
  ack_bit := frame_bit;
  lose_frame();
end;

rule "lose the acknowledgement" !isundefined(ack_bit) ==>
begin
  undefine ack_bit;
end;

rule "receive the acknowledgement" !isundefined(ack_bit) ==>
begin
  if ack_bit = send_bit | SENDER_CHECKS = 0 then
    sending := (sending + 1) % 4;
    send_bit := 1 - send_bit;
  end;
  undefine ack_bit;
end;

invariant "once and in order"
  !out_of_order;
