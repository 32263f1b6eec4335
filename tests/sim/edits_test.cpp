// Edits of routines by label: each addresses exactly one step, or says why not.
#include <gtest/gtest.h>

#include "tests/sim/document_text.hpp"

namespace quiesce::sim::edits_test {
namespace {

constexpr const char* kRoutines =
    "routines:\n"
    "  remove:\n"
    "    steps:\n"
    "      - first\n"
    "      - label: unregister\n"
    "      - if: busy\n"
    "        then:\n"
    "          - wait: x\n"
    "            label: inner\n"
    "      - label: twice\n"
    "      - label: twice\n"
    "  issue:\n"
    "    forms:\n"
    "      detailed: [{label: reserve}]\n"
    "      atomic: [{label: reserve}]\n";

Node edited(const std::string& edit) {
  Node document = parse_document(kRoutines, "routines.yaml");
  Diagnostics errors;
  apply_edits(document, *parse_document("edits:\n" + edit, "edits.yaml").find("edits"), errors);
  errors.throw_if_any();
  return document;
}

std::string steps_after(const std::string& edit) {
  return to_text(*edited(edit).find("routines")->find("remove")->find("steps"));
}

std::string error_in(const std::string& edit) {
  return error_of([&] { static_cast<void>(edited(edit)); });
}

std::string message_in(const std::string& edit) {
  return first_line_of([&] { static_cast<void>(edited(edit)); });
}

constexpr const char* kTail = "{if: busy, then: [{wait: x, label: inner}]}, {label: twice}, {label: twice}]";

TEST(Edits, InsertBeforeALabel) {
  EXPECT_EQ(steps_after("- {in: remove, before: unregister, insert: [new, newer]}\n"),
            std::string("[first, new, newer, {label: unregister}, ") + kTail);
}

TEST(Edits, InsertAfterALabel) {
  EXPECT_EQ(steps_after("- {in: remove, after: unregister, insert: new}\n"),
            std::string("[first, {label: unregister}, new, ") + kTail);
}

TEST(Edits, ReplaceTheLabelledStep) {
  EXPECT_EQ(steps_after("- {in: remove, replace: unregister, with: {call: f()}}\n"),
            std::string("[first, {call: f()}, ") + kTail);
}

TEST(Edits, DeleteTheLabelledStep) {
  EXPECT_EQ(steps_after("- {in: remove, delete: unregister}\n"), std::string("[first, ") + kTail);
}

TEST(Edits, FindLabelsOfNestedBlocks) {
  EXPECT_EQ(steps_after("- {in: remove, before: inner, insert: new}\n"),
            "[first, {label: unregister}, {if: busy, then: [new, {wait: x, label: inner}]}, {label: twice}, "
            "{label: twice}]");
}

TEST(Edits, ApplyOneAfterTheOther) {
  EXPECT_EQ(steps_after("- {in: remove, before: unregister, insert: {label: mine}}\n"
                        "- {in: remove, after: mine, insert: new}\n"),
            std::string("[first, {label: mine}, new, {label: unregister}, ") + kTail);
}

TEST(Edits, AddressOneFormOfARoutine) {
  const Node document = edited("- {in: issue.atomic, after: reserve, insert: new}\n");
  EXPECT_EQ(to_text(*document.find("routines")->find("issue")->find("forms")),
            "{detailed: [{label: reserve}], atomic: [{label: reserve}, new]}");
}

TEST(Edits, KeepTheLocationsOfWhatTheyInsert) {
  const Node document =
      edited("- {in: remove, delete: unregister}\n- {in: remove, before: inner, insert: new}\n");
  const Node* steps = document.find("routines")->find("remove")->find("steps");
  EXPECT_EQ(steps->items[1].find("then")->items[0].at.file->path, "edits.yaml");
  EXPECT_EQ(steps->items[0].at.file->path, "routines.yaml");
}

TEST(EditsRefuse, AnUnknownLabel) {
  EXPECT_EQ(error_in("- in: remove\n  before: unregistre\n  insert: new\n"),
            "edits.yaml:3:11: error: no label 'unregistre' in 'remove'\n"
            "    3 |   before: unregistre\n"
            "      |           ^~~~~~~~~~\n"
            "      = did you mean 'unregister'?\n");
}

TEST(EditsRefuse, AnAmbiguousLabel) {
  EXPECT_EQ(error_in("- {in: remove, delete: twice}\n"),
            "edits.yaml:2:24: error: label 'twice' stands more than once in 'remove'\n"
            "    2 | - {in: remove, delete: twice}\n"
            "      |                        ^~~~~\n");
}

TEST(EditsRefuse, AnUnknownRoutine) {
  EXPECT_EQ(error_in("- {in: remov, delete: inner}\n"),
            "edits.yaml:2:8: error: unknown routine 'remov'\n"
            "    2 | - {in: remov, delete: inner}\n"
            "      |        ^~~~~\n"
            "      = did you mean 'remove'?\n");
}

TEST(EditsRefuse, AnUnknownForm) {
  EXPECT_EQ(error_in("- {in: issue.atomc, delete: reserve}\n"),
            "edits.yaml:2:8: error: 'issue.atomc' names no form of a routine\n"
            "    2 | - {in: issue.atomc, delete: reserve}\n"
            "      |        ^~~~~~~~~~~\n"
            "      = did you mean 'atomic'?\n");
}

TEST(EditsRefuse, ARoutineWithFormsWithoutSayingWhich) {
  EXPECT_EQ(error_in("- {in: issue, delete: reserve}\n"),
            "edits.yaml:2:8: error: 'issue' has no steps of its own\n"
            "    2 | - {in: issue, delete: reserve}\n"
            "      |        ^~~~~\n"
            "      = a routine with forms is edited as ROUTINE.FORM\n");
}

TEST(EditsRefuse, WhatIsNotCompleteOrNotClear) {
  EXPECT_EQ(message_in("- new\n"),
            "edits.yaml:2:3: error: an edit is a map: 'in: ROUTINE', 'before: LABEL', 'insert: STEPS'");
  EXPECT_EQ(message_in("- {delete: inner}\n"), "edits.yaml:2:3: error: an edit needs 'in: ROUTINE'");
  EXPECT_EQ(message_in("- {in: remove, insert: x}\n"),
            "edits.yaml:2:3: error: an edit needs one of before, after, replace, delete");
  EXPECT_EQ(message_in("- {in: remove, before: inner, after: inner, insert: x}\n"),
            "edits.yaml:2:38: error: an edit has one of before, after, replace, delete, not two");
  EXPECT_EQ(message_in("- {in: remove, before: inner}\n"),
            "edits.yaml:2:3: error: this edit inserts nothing: give steps to 'insert' or 'with'");
  EXPECT_EQ(message_in("- {in: remove, before: inner, insert: x, with: y}\n"),
            "edits.yaml:2:48: error: an edit has one of insert, with, not both");
  EXPECT_EQ(message_in("- {in: remove, delete: inner, insert: x}\n"),
            "edits.yaml:2:39: error: 'delete' inserts nothing");
  EXPECT_EQ(message_in("- {in: remove, before: [inner], insert: x}\n"),
            "edits.yaml:2:24: error: the name of a label is needed here");
  EXPECT_EQ(message_in("- {in: remove, befor: inner, insert: x}\n"),
            "edits.yaml:2:16: error: unknown key 'befor' in an edit");
  EXPECT_EQ(message_in("  {in: remove}\n"), "edits.yaml:2:3: error: 'edits' is a list");
}

TEST(EditsRefuse, AndLeaveTheRoutineAsItWas) {
  Node document = parse_document(kRoutines, "routines.yaml");
  const std::string before = to_text(document);
  Diagnostics errors;
  apply_edits(document, parse_document("- {in: remove, replace: inner}\n", "edits.yaml"), errors);
  EXPECT_FALSE(errors.empty());
  EXPECT_EQ(to_text(document), before);
}

}  // namespace
}  // namespace quiesce::sim::edits_test
