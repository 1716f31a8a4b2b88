"""Open Referral's HSDS 3.0: read with its official examples, written to its official schemas, faults named."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from kohti.config.commands.directory import faults_in_words
from kohti.partners.hsds import bundle
from kohti.partners.hsds.bundle import Bundle
from kohti.partners.hsds.files import MOST_BYTES, Unreadable
from kohti.partners.hsds.records import FAULTS, Fault, read
from kohti.partners.hsds.shapes import ALL, ROOTS, SHAPES, Shape

HSDS = Path(os.environ.get("KOHTI_SHARED", "../shared")) / "data" / "hsds"
EXAMPLES = HSDS / "examples_3.0"
official = pytest.mark.skipif(
    not HSDS.is_dir(),
    reason="KOHTI_SHARED/data/hsds is not here: HSDS's own schemas and examples are not checked",
)
ORGANISATION, SERVICE, PLACE = (
    "0190b6f0-0000-7000-8000-000000000001",
    "0190b6f0-0000-7000-8000-000000000002",
    "0190b6f0-0000-7000-8000-000000000003",
)


def schema(name: str) -> Draft202012Validator:
    """An official schema with all that it refers to, formats checked."""

    def retrieve(uri: str) -> Resource[Any]:
        found = json.loads((HSDS / "schema_3.0" / uri.rsplit("/", 1)[-1]).read_text())
        return Resource.from_contents(found, default_specification=DRAFT202012)

    registry: Registry[Any] = Registry(retrieve=retrieve)  # type: ignore[call-arg]
    return Draft202012Validator(
        {"$ref": f"{name}.json"}, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER
    )


@official
def test_every_shape_says_what_the_specification_says() -> None:
    for shape in ALL:
        official_one = json.loads((HSDS / "schema_3.0" / f"{shape.name}.json").read_text())
        known = {*shape.fields, *shape.lists, *shape.one, *bundle.APART.get(shape.name, {})}
        assert set(official_one["properties"]) - known == set(), shape.name
        assert set(official_one["required"]) == set(shape.required), shape.name


@official
def test_the_official_tabular_example_comes_back_row_by_row() -> None:
    found = bundle.load(EXAMPLES / "csv")
    # The example's own slips: its metadata and attribute are of records that are not in it.
    assert {(one.kind, one.code) for one in found.faults} == {
        ("metadata", "not-there"),
        ("attribute", "not-there"),
    }
    again = bundle.tables(found)
    for path in sorted((EXAMPLES / "csv").glob("*.csv")):
        if path.name in ("metadata.csv", "attributes.csv", "meta_table_descriptions.csv"):
            continue
        rows = csv.DictReader(io.StringIO(path.read_text()))
        theirs = [{key: value for key, value in row.items() if value} for row in rows]
        ours = csv.DictReader(io.StringIO(bundle.as_csv(path.name, again[path.name]).decode()))
        assert [{key: value for key, value in row.items() if value} for row in ours] == theirs, path.name


@official
def test_the_tabular_example_in_json_says_the_same() -> None:
    assert bundle.load(EXAMPLES / "tabular.json").records == bundle.load(EXAMPLES / "csv").records


@official
@pytest.mark.parametrize("name", ["service_full", "organization_full", "service_at_location_full"])
def test_an_official_example_in_json_is_taken_apart_and_nothing_is_lost(name: str) -> None:
    found = bundle.load(EXAMPLES / f"{name}.json")
    assert found.faults == []
    assert {kind: len(found.of(kind)) for kind in ROOTS} == dict.fromkeys(ROOTS, 1)
    original = json.loads((EXAMPLES / f"{name}.json").read_text())
    assert leaves(original) - leaves(found.records) == set()


def leaves(found: Any) -> set[str]:
    """Every value within something."""
    if isinstance(found, dict):
        return {leaf for one in found.values() for leaf in leaves(one)}
    if isinstance(found, list):
        return {leaf for one in found for leaf in leaves(one)}
    return {str(found)}


@official
def test_whatever_is_read_fits_the_official_schemas() -> None:
    for name in ("csv", "tabular.json", "service_full.json", "organization_full.json"):
        found = bundle.load(EXAMPLES / name)
        for kind in ROOTS:
            for record in found.of(kind).values():
                schema(kind).validate(record)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def half_broken(draw: st.DrawFn, shape: Shape) -> dict[str, Any]:
    """A record with some right values, and anything at all in some others."""
    right = {
        "id": st.uuids().map(str),
        "text": st.text(max_size=12),
        "number": st.integers(0, 90) | st.just("12"),
        "day": st.dates().map(str),
        "moment": st.just("2026-03-11T09:00:00Z"),
        "email": st.just("someone@example.org"),
        "web": st.just("https://example.org/"),
    }
    found: dict[str, Any] = {}
    for name, kind in shape.fields.items():
        if draw(st.booleans()) or name in shape.required:
            fits = st.sampled_from(kind) if isinstance(kind, tuple) else right[kind]
            found[name] = draw(fits if draw(st.integers(0, 6)) else JSON)
    for key in shape.lists:
        if draw(st.integers(0, 3)) == 0:
            found[key] = draw(JSON)
    return found


@official
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_of_a_half_broken_record_what_is_kept_fits_the_schema(data: st.DataObject) -> None:
    shape = data.draw(st.sampled_from(ALL))
    faults: list[Fault] = []
    record = read(shape, data.draw(half_broken(shape)), faults)
    if record is None:
        assert any(one.lost for one in faults)
    else:
        assert {one.code for one in faults} <= set(FAULTS)
        known = {key: value for key, value in record.items() if key in {*shape.fields, *shape.lists}}
        schema(shape.name).validate(known)


def test_every_fault_has_its_words() -> None:
    assert list(faults_in_words()) == list(FAULTS)


def organisation(**more: Any) -> dict[str, Any]:
    return {"id": ORGANISATION, "name": "Debt Help", "description": "Advice on debts", **more}


def faults_of(*found: Any) -> tuple[Bundle, set[tuple[str, str, str]]]:
    made = bundle.load_files({"directory.json": json.dumps(list(found)).encode()})
    return made, {(one.kind, one.field, one.code) for one in made.faults}


def test_each_fault_names_its_record_and_field_and_the_rest_is_taken() -> None:
    service = {
        "id": SERVICE,
        "name": "Debt advice",
        "status": "Active",
        "email": "not an address",
        "minimum_age": 60,
        "maximum_age": 18,
        "assured_date": "2026-02-30",
        "url": "javascript:alert(1)",
        "phones": [{"id": PLACE, "number": "01632 960 001"}, {"id": "none", "number": "1"}, "what"],
        "organization": organisation(website="https://example.org"),
        "our_own_field": {"kept": True},
    }
    made, said = faults_of(service)
    assert said == {
        ("service", "email", "not-email"),
        ("service", "maximum_age", "order"),
        ("service", "assured_date", "not-day"),
        ("service", "url", "not-web"),
        ("phone", "id", "not-id"),
        ("phone", "", "no-record"),
    }
    (kept,) = made.of("service").values()
    assert kept["status"] == "active"
    assert kept["organization_id"] == ORGANISATION
    assert [one["number"] for one in kept["phones"]] == ["01632 960 001"]
    assert kept["our_own_field"] == {"kept": True}
    assert {one.record for one in made.faults if one.kind == "service"} == {SERVICE}


def test_what_nothing_can_be_without_is_left_out_and_what_hangs_on_it_too() -> None:
    made, said = faults_of(
        {"id": SERVICE, "name": "Nobody's", "status": "active", "organization_id": ORGANISATION},
        {"id": "x", "name": "No such", "status": "active"},
        42,
    )
    assert said == {
        ("service", "organization_id", "not-there"),
        ("service", "id", "not-id"),
        ("", "", "no-record"),
    }
    assert made.of("service") == {}


def test_two_organisations_with_one_identifier_are_both_taken_and_said() -> None:
    charity = {"id": PLACE, "identifier_type": "GB-CHC", "identifier": "123456"}
    one = organisation(organization_identifiers=[charity])
    other = organisation(
        id=SERVICE, organization_identifiers=[{**charity, "id": ORGANISATION, "identifier_type": "gb-chc"}]
    )
    made, said = faults_of(one, other)
    assert len(made.of("organization")) == 2
    assert said == {("organization", "organization_identifiers", "same-identifier")}
    rows = "id,name,description\r\n" + f"{ORGANISATION},One,x\r\n{ORGANISATION},Two,y\r\n"
    tabular = bundle.load_files({"organizations.csv": rows.encode()})
    assert [one["name"] for one in tabular.of("organization").values()] == ["One"]
    assert {(one.record, one.code) for one in tabular.faults} == {(ORGANISATION, "same-id")}


def test_a_package_comes_as_a_zip_too_and_what_is_none_says_so(tmp_path: Path) -> None:
    packed = tmp_path / "package.zip"
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("data/organizations.csv", f"id,name,description\n{ORGANISATION},One,x\n")
    assert list(bundle.load(packed).of("organization")) == [ORGANISATION]
    for name, content, code in (
        ("broken.json", b"{", "not-json"),
        ("broken.zip", b"PK nothing", "not-zip"),
        ("poem.txt", b"roses", "nothing"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Unreadable) as refused:
            bundle.load(tmp_path / name)
        assert refused.value.code == code
    with pytest.raises(Unreadable) as refused:
        bundle.load(tmp_path / "not there")
    assert refused.value.code == "not-there"


def test_every_kind_of_record_has_a_file_of_its_own() -> None:
    assert len({shape.file for shape in ALL}) == len(ALL)
    assert set(ROOTS) <= set(SHAPES)
    described = bundle.descriptor([shape.file for shape in ALL], title="A directory")
    assert {one["path"] for one in described["resources"]} == {shape.file for shape in ALL}


NUL_AND_HALF = "De\x00bt \ud83d advice"


def written(*records: Any) -> bytes:
    return json.dumps(list(records)).encode()


def service(**more: Any) -> dict[str, Any]:
    return {"id": SERVICE, "name": "Debt advice", "status": "active", "organization": organisation(), **more}


def test_one_odd_record_is_a_fault_and_never_the_end_of_all() -> None:
    deep: dict[str, Any] = organisation()
    for _ in range(40):
        deep = organisation(services=[{"id": SERVICE, "name": "x", "status": "active", "organization": deep}])
    made, said = faults_of(
        service(
            name=NUL_AND_HALF,
            last_modified="0001-01-01T00:00:00+14:00",
            assured_date="1066-10-14",
            phones=[{"id": PLACE, "number": "1", "minimum_age": "x", "maximum_age": 1}],
            ours={"taxonomy_term": "x", "big": 1e308, "\ud800": "\udfff"},
        ),
        organisation(minimum_age=[1], maximum_age="none", taxonomy_detail="x", website="https://x.org"),
        {**organisation(id="\ud800"), "website": "https://x.org"},
        deep,
    )
    assert said >= {
        ("service", "last_modified", "not-moment"),
        ("service", "assured_date", "not-day"),
        ("organization", "id", "not-id"),
    }
    assert made.of("service")[SERVICE]["name"] == "Debt ? advice"
    assert isinstance(made.of("service")[SERVICE]["ours"]["big"], int)  # as the database gives it back
    json.dumps([made.records, [one.as_json() for one in made.faults]], ensure_ascii=False).encode()
    assert made.of("taxonomy") == made.of("taxonomy_term") == {}


def test_days_and_moments_are_exact() -> None:
    for said, code in (
        ("20260311", "not-day"),
        ("2026-W11-3", "not-day"),
        ("2026-03-11 or so", "not-day"),
        ("1899-12-31", "not-day"),
    ):
        assert ("service", "assured_date", code) in faults_of(service(assured_date=said))[1], said
    for said, kept in (
        ("2026-03-11T09:00:00Z", "2026-03-11T09:00:00Z"),
        ("20260311T110000+02:00", "2026-03-11T09:00:00+00:00"),
        ("2026-03-11 11:00+02:00:01", "2026-03-11T08:59:59+00:00"),
    ):
        assert faults_of(service(last_modified=said))[0].of("service")[SERVICE]["last_modified"] == kept


def test_a_name_of_blanks_is_none() -> None:
    assert ("service", "name", "missing") in faults_of(service(name=" \x00 "))[1]


def test_an_attribute_of_a_term_is_not_put_where_it_cannot_stand() -> None:
    made = bundle.load_files(
        {
            "taxonomy_terms.csv": f"id,name,description\n{PLACE},Debts,\n".encode(),
            "attributes.csv": f"id,link_id,value\n{SERVICE},{PLACE},x\n".encode(),
        }
    )
    assert list(made.of("taxonomy_term")) == [PLACE]
    assert ("attribute", "not-there") in {(one.kind, one.code) for one in made.faults}


def test_a_broken_file_among_good_ones_is_a_fault_and_then_it_is_not_all(tmp_path: Path) -> None:
    good = f"id,name,description\n{ORGANISATION},Caf\u00e9,x\n"
    made = bundle.load_files(
        {
            "organizations.csv": good.encode("cp1252"),
            "phones.csv": b'id,number\n"' + b"1" * 10_000_001 + b'"\n',
            "more.json": b"{",
        }
    )
    assert {(one.record, one.code) for one in made.faults} == {
        ("organizations.csv", "not-utf8"),
        ("phones.csv", "not-csv"),
        ("more.json", "not-json"),
        ("", "not-all"),
    }
    assert made.of("organization")[ORGANISATION]["name"] == "Caf\u00e9"
    packed = tmp_path / "package.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("organizations.csv", good)
        package.writestr("__MACOSX/._organizations.csv", b"\x00\x05\x16\x07")
        package.writestr("picture.png", b"no table")
        package.writestr("phones.csv", "id,number\n" + "1,2\n" * 1000)
        broken_at = package.getinfo("phones.csv").header_offset + 30 + len("phones.csv")
    content = bytearray(packed.read_bytes())
    content[broken_at : broken_at + 4] = b"\xff\xff\xff\xff"
    packed.write_bytes(content)
    found = bundle.load(packed)
    assert {(one.record, one.code) for one in found.faults} == {("phones.csv", "not-zip"), ("", "not-all")}
    assert len(found.of("organization")) == 1


def test_what_is_too_big_is_not_read(tmp_path: Path) -> None:
    big = tmp_path / "big.json"
    with big.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    for path in (big, tmp_path):
        with pytest.raises(Unreadable) as refused:
            bundle.load(path)
        assert refused.value.code == "too-big"


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        ({"id": SERVICE, "name": "x", "description": "", "organization_id": ORGANISATION}, "service"),
        ({"id": SERVICE, "name": "x", "program_id": PLACE}, "service"),
        ({"id": SERVICE, "name": "x", "description": "", "parent_id": PLACE}, "taxonomy_term"),
        ({"id": SERVICE, "name": "x", "description": "", "term_uri": "https://x.org"}, "taxonomy_term"),
    ],
)
def test_a_record_is_of_the_kind_that_it_points_like(found: dict[str, Any], kind: str) -> None:
    made = bundle.load_files({"export.json": written(found)})
    assert SERVICE in made.of(kind) or (kind, SERVICE) in made.named


def test_an_offer_that_is_only_named_is_passed_over_and_a_broken_one_is_said() -> None:
    named, broken = {"id": SERVICE, "name": "x"}, {"id": PLACE, "name": "y", "description": "Advice"}
    made, said = faults_of(organisation(website="https://x.org", services=[named, broken]))
    assert said == {("service", "status", "missing")}
    assert made.named == {("service", SERVICE), ("service", PLACE)}


def test_one_page_of_several_is_not_all() -> None:
    for last in (True, False):
        page = {"contents": [service()], "page_number": 1, "last_page": last}
        made = bundle.load_files({"services.json": json.dumps(page).encode()})
        assert (made.whole, [one.code for one in made.faults]) == (last, [] if last else ["not-all"])
