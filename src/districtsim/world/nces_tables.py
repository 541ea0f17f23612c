"""NCES tables: reads a published table, whatever it was saved as, into rows of text.

The federal search page serves an HTML table under the name .xls; others come as CSV or
tab-delimited text, in UTF-8 or Windows-1252, with a title and notes above the header and sources
below it.
"""

import csv
import gzip
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from districtsim.world.errors import SettingError

LARGEST = 200_000_000  # bytes; a whole state's school list has 1 to 10 million
SEARCH_PAGE = "https://nces.ed.gov/ccd/schoolsearch/"
HEADER_WITHIN = 60  # rows; titles and notes are shorter
# A header names at least one of these, in any spelling that `plain` makes the same.
HEADER_MARKS = {
    "nces school id", "nces district id", "ncessch", "leaid", "school code", "state school id",
    "school id 12 digit nces assigned", "school id nces assigned", "school name",
    "agency id nces assigned", "state agency no", "district name",
}  # fmt: skip
_FOOTNOTE = re.compile(r"(data )?source|notes?\b|nces is not|[†‡–*\[]", re.I)


@dataclass(frozen=True)
class Table:
    """A published table as text.

    path     the file
    title    what stands above the header, joined
    names    the header as published
    rows     one list of cells a row, each as long as the header
    numbers  row number of each row in the file, counted from 1
    """

    path: Path
    title: str
    names: list
    rows: list
    numbers: list


def read_table(path):
    """Read one file. Raises SettingError naming file and row if it is not a whole table."""
    path = Path(path)
    text = _decoded(path, _bytes(path))
    rows = _html_rows(path, text) if text.lstrip()[:1] == "<" else _csv_rows(path, text)
    head = _header(path, rows)
    names = [_squeezed(cell) for cell in rows[head][1]]
    while names and not names[-1]:
        names.pop()
    body, numbers = [], []
    for number, cells in rows[head + 1 :]:
        if not any(cell.strip() for cell in cells) or _is_footnote(cells, len(names)):
            continue
        if len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
            raise SettingError(
                f"{path}: row {number} has {len(cells)} cells where the header has {len(names)}.\n"
                "The file looks cut off or edited; download it again."
            )
        body.append(cells[: len(names)])
        numbers.append(number)
    if not body:
        raise SettingError(
            f"{path}: no rows below the header in row {rows[head][0]}; "
            "the search found nothing, or the file was cut off. Download it again."
        )
    title = " ".join(_squeezed(cell) for _, cells in rows[:head] for cell in cells if cell.strip())
    return Table(path, title, names, body, numbers)


def plain(name):
    """A column name as compared: lower case, letters, digits and + only, no year in brackets."""
    return re.sub(r"[^a-z0-9+]+", " ", re.sub(r"\[.*", "", name.lower())).strip()


def _bytes(path):
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if data[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
                data = file.read(LARGEST + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise SettingError(
            f"{path}: the .gz file is cut off or damaged; download it again."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingError(f"{path}: cannot be read ({reason}).") from None
    if len(data) > LARGEST:
        raise SettingError(
            f"{path}: larger than {LARGEST:,} bytes; cut it to your state or district."
        )
    if not data.strip():
        raise SettingError(f"{path}: the file is empty; download it again.")
    return data


def _decoded(path, data):
    for start, kind, advice in (
        (
            b"PK\x03\x04",
            "an Excel workbook or a zip archive",
            "Unzip it, or save it as CSV (UTF-8)",
        ),
        (b"\xd0\xcf\x11\xe0", "an Excel workbook", "Open it and save it as CSV (UTF-8)"),
        (b"%PDF", "a PDF", "Download the table instead"),
    ):
        if data.startswith(start):
            raise SettingError(f"{path}: this is {kind}, not a table as text.\n{advice}.")
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SettingError(
        f"{path}: not text in UTF-8 or Windows-1252; it is damaged or of another kind.\n"
        f"Give a download of {SEARCH_PAGE}, as .xls or CSV."
    )


def _html_rows(path, text):
    """(row number, cells) of every table row of a page."""
    from lxml import etree  # heavy, and only this form needs it

    low = text.lower()
    if "<tr" not in low:
        raise SettingError(
            f"{path}: a web page without a table, perhaps an error page.\n"
            f"Download it again from {SEARCH_PAGE} ('Download Excel File')."
        )
    if low.rfind("</table") < low.rfind("<tr"):
        last = len(re.findall("<tr[ >]", low))
        raise SettingError(
            f"{path}: cut off: the table is not closed after row {last}.\nDownload the file again."
        )
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        page = etree.fromstring(text.encode(), parser)
    except (etree.LxmlError, ValueError) as error:
        raise SettingError(f"{path}: not readable as HTML ({str(error)[:80]}).") from None
    found = [] if page is None else page.iter("tr")
    return [
        (number, [_squeezed("".join(cell.itertext())) for cell in row if cell.tag in ("td", "th")])
        for number, row in enumerate(found, start=1)
    ]


def _csv_rows(path, text):
    """(row number, cells) of every record; the number is that of its first line."""
    top = text[:20_000]
    delimiter = max(",\t;", key=top.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, number = [], 1
    try:
        for cells in reader:
            rows.append((number, cells))
            number = reader.line_num + 1
    except csv.Error as error:
        raise SettingError(
            f"{path}: row {number}: a quotation mark is not closed or stands inside a cell"
            f" ({error}).\nThe file looks cut off or edited; download it again."
        ) from None
    return rows


def _header(path, rows):
    """Index of the header row."""
    for index, (_, cells) in enumerate(rows[:HEADER_WITHIN]):
        if len(cells) >= 3 and HEADER_MARKS & {plain(cell) for cell in cells}:
            return index
    first = next((cells for _, cells in rows if any(cell.strip() for cell in cells)), [])
    shown = ", ".join(f"'{_squeezed(cell)[:30]}'" for cell in first[:4])
    raise SettingError(
        f"{path}: no header row: none of the first {HEADER_WITHIN} rows names a column such as"
        f" 'NCES School ID'.\nThe file begins with {shown or 'nothing'}.\n"
        f"Give a download of {SEARCH_PAGE}, as .xls or CSV."
    )


def _is_footnote(cells, columns):
    """Sources and symbols under the last school: a marked text, and far fewer cells than a row."""
    filled = sum(bool(cell.strip()) for cell in cells)
    return 2 * filled < columns and bool(_FOOTNOTE.match(cells[0].strip()))


def _squeezed(text):
    return " ".join(text.split())
