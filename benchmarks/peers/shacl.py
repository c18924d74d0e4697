"""pySHACL, core shapes only. A duty is a node of its own and records point at it: the graph has done the join of rule 2."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote

from pyshacl import validate
from rdflib import RDF, SH, Graph, URIRef

from benchmarks.clock import Clock
from benchmarks.peers import Findings, Result
from benchmarks.workload import ON, SAFETY, WINDOW, Workload

NS = "urn:z:"
SHAPES = f"""
@prefix : <{NS}> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Safety a sh:NodeShape ; sh:targetClass :Head ; sh:property [ sh:path ( [ sh:inversePath :holder ] :subject ) ; sh:hasValue "{SAFETY}" ] .
:Recorded a sh:NodeShape ; sh:targetClass :Duty ; sh:property [
    sh:path ( [ sh:inversePath :proves ] :at ) ; sh:qualifiedMinCount 1 ;
    sh:qualifiedValueShape [ sh:minInclusive "{(ON - WINDOW).isoformat()}"^^xsd:dateTime ; sh:maxExclusive "{ON.isoformat()}"^^xsd:dateTime ] ] .
:Line a sh:NodeShape ; sh:targetClass :Post ; sh:property [
    sh:path ( :unit [ sh:zeroOrMorePath :superior ] ) ; sh:hasValue <{NS}u/{quote("集团")}> ] .
"""


def _iri(kind: str, *names: str) -> str:
    return f"<{NS}{kind}/{'/'.join(map(quote, names))}>"


def prepare(work: Workload, folder: Path) -> None:
    rdf = f"<{RDF.type}>"
    with (folder / "data.nt").open("w", encoding="utf-8") as file:
        for post in work.posts:
            iri = _iri("p", post.id)
            file.write(f"{iri} {rdf} <{NS}Post> .\n{iri} <{NS}unit> {_iri('u', post.unit)} .\n")
            if post.leads:
                file.write(f"{iri} {rdf} <{NS}Head> .\n")
        for unit, superior in sorted({(p.unit, p.superior) for p in work.posts if p.superior not in (None, p.unit)}):
            file.write(f"{_iri('u', unit)} <{NS}superior> {_iri('u', str(superior))} .\n")
        for id, subject in work.duties:
            duty = _iri("d", id, subject)
            file.write(f'{duty} {rdf} <{NS}Duty> .\n{duty} <{NS}holder> {_iri("p", id)} .\n{duty} <{NS}subject> "{subject}" .\n')
        for record, id, subject, at in work.records:
            iri = _iri("r", record)
            file.write(f"{iri} <{NS}proves> {_iri('d', id, subject)} .\n"
                       f'{iri} <{NS}at> "{at.isoformat()}"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n')


def run(folder: Path) -> Result:
    clock = Clock()
    data = Graph().parse(folder / "data.nt", format="nt")
    shapes = Graph().parse(data=SHAPES, format="turtle")
    load = clock.lap()
    _, report, _ = validate(data, shacl_graph=shapes, meta_shacl=False, advanced=False, js=False, inference="none")
    check = clock.lap()
    assert isinstance(report, Graph)
    by_kind: dict[str, set[tuple[str, ...]]] = {"d": set(), "Head": set(), "Post": set()}
    heads = set(data.subjects(RDF.type, URIRef(f"{NS}Head")))
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
        kind, *names = str(focus).removeprefix(NS).split("/")
        if kind == "d":
            by_kind["d"].add(tuple(map(unquote, names)))
        else:
            first = report.value(path, RDF.first)
            of_line = first == URIRef(f"{NS}unit")
            assert of_line or focus in heads
            by_kind["Post" if of_line else "Head"].add(tuple(map(unquote, names)))
    found = Findings(
        frozenset(name for (name,) in by_kind["Head"]), frozenset((post, subject) for post, subject in by_kind["d"]),
        frozenset(name for (name,) in by_kind["Post"]),
    )
    return Result(load, check, found)
