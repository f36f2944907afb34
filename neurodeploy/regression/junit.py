"""A verdict as JUnit XML: one test case a line, as CI servers show it."""

from xml.etree import ElementTree as ET

from neurodeploy.regression.verdict import Status, Verdict
from neurodeploy.regression.words import headline, line


def junit(verdict: Verdict) -> str:
    """Return the XML; an unknown figure is a skipped case, under ``strict`` a failure."""
    failures = str(len(verdict.failures))
    cases = [f for f in verdict.findings if f.status is not Status.NOTE]
    skipped = sum(f.status is Status.UNKNOWN and not verdict.fails(f) for f in cases)
    counts = {"name": "neurodeploy check", "tests": str(len(cases)), "failures": failures}
    counts |= {"errors": "0", "skipped": str(skipped), "time": "0"}
    root = ET.Element("testsuites", name="neurodeploy check")
    suite = ET.SubElement(root, "testsuite", counts)
    for finding in cases:
        name = f"neurodeploy.{finding.origin.value}"
        case = ET.SubElement(suite, "testcase", classname=name, name=finding.path, time="0")
        if verdict.fails(finding):
            ET.SubElement(
                case, "failure", message=line(verdict, finding), type=finding.status.value
            )
        elif finding.status is Status.UNKNOWN:
            ET.SubElement(case, "skipped", message=line(verdict, finding))
        else:
            ET.SubElement(case, "system-out").text = line(verdict, finding)
    said = [headline(verdict), *verdict.notes]
    said += [line(verdict, f) for f in verdict.findings if f.status is Status.NOTE]
    ET.SubElement(suite, "system-out").text = "\n".join(said)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
