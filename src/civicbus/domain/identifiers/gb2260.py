"""Chinese provinces by the first two digits of their code (GB/T 2260), as far as numbers show them.

Source: the yearly code lists of 1980 to 2018 published by the Ministry of Civil Affairs, in which
no province's code was ever withdrawn; 71, 81 and 82 from GB/T 2260-2002; 83 stands only in
residence permits (Measures for residence permits of Hong Kong, Macao and Taiwan residents, 2018).
Counties come and go by the dozen each year, so no rule of ours reads further than the province.
"""

from __future__ import annotations

# The first digit is the part of the country, the second the province in it.
PARTS = {
    "1": "12345",
    "2": "123",
    "3": "1234567",
    "4": "123456",
    "5": "01234",
    "6": "12345",
    "7": "1",
    "8": "123",
}
PROVINCES = frozenset(part + place for part, places in PARTS.items() for place in places)

# Provinces that were founded while numbers were already being issued: Hainan and Chongqing.
FOUNDED = {"46": 1988, "50": 1997}
