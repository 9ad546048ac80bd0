"""Names of other scripts in Latin letters, for comparing by sound: no standard's spelling, one that sounds alike.

Arabic and Indic letters stand for a consonant with an unwritten vowel, so an `a` follows each: `sound` drops it again.
Chinese characters are left as they are, because how one is read depends on the person.
"""

_LETTERS = {
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ": (
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh sh _ y _ e iu ia i i ie g"
    ),
    "αβγδεζηθικλμνξοπρσςτυφχψω": "a v g d e z i th i k l m n x o p r s s t i f kh ps o",
    "אבגדהוזחטיכךלמםנןסעפףצץקרשת": "a ba ga da ha va za ha ta i ka ka la ma ma na na sa a pa pa tsa tsa ka ra sha ta",
}
_ARABIC = {
    "اأإآٱىءئؤعـ": "a a a a a a _ i o a _",
    "بتثجحخدذرزسشصضطظغفقكلمنهويةپچژگکیھہےں": (
        "ba ta sa ja ha kha da za ra za sa sha sa da ta za gha fa ka ka la ma na ha o i a pa cha zha ga ka i ha a i na"
    ),
}
_INDIC_BLOCK, _INDIC_BLOCKS = 0x80, range(0x0900, 0x0D80, 0x80)  # one layout from Devanagari to Malayalam
_INDIC_SOUNDS = (
    "a a i i u u ri e ai o au ka kha ga gha na cha chha ja jha na ta tha da dha na ta tha da dha na na pa pha ba bha "
    "ma ya ra ra la la la va sha sha sa ha"
)
_INDIC_VOWELS = "a i i u u ri e ai o au _"
_INDIC = dict(
    zip(
        (*range(0x05, 0x0C), 0x0F, 0x10, 0x13, 0x14, *range(0x15, 0x3A)),
        _INDIC_SOUNDS.split(),
        strict=True,
    )
)
_INDIC_SIGNS = dict(
    zip(
        (0x3E, 0x3F, 0x40, 0x41, 0x42, 0x43, 0x47, 0x48, 0x4B, 0x4C, 0x4D),
        _INDIC_VOWELS.split(),
        strict=True,
    )
)
_HANGUL = (
    "g kk n d tt r m b pp s ss _ j jj ch k t p h",
    "a ae ya yae eo e yeo ye o wa wae oe yo u weo we wi yu eu ui i",
    "_ k k k n n n t l k m l l l p l m p p t t ng t t k t p t",
)
"""How the first, middle and last part of a syllable sound, in the order of Unicode."""
_SYLLABLES = range(0xAC00, 0xD7A4)
_KOREAN_FAMILIES_OF_TWO = frozenset({"남궁", "황보", "제갈", "사공", "선우", "독고", "서문"})
_KOREAN_NAME = range(3, 6)  # two syllables are a given name as a rule


def _table() -> dict[int, str]:
    said = {ord(a): b for letters, sounds in (_LETTERS | _ARABIC).items() for a, b in _paired(letters, sounds)}
    for block in _INDIC_BLOCKS:
        said |= {block + offset: value for offset, value in _INDIC.items()} | {block + 0x02: "n", block + 0x70: "n"}
    return {letter: value.replace("_", "") for letter, value in said.items()}


def _paired(letters: str, sounds: str) -> list[tuple[str, str]]:
    return list(zip(letters, sounds.split(), strict=True))


_LATIN = _table()
_KOREAN_FAMILIES = dict(
    _paired(
        "김이박강조임신권고심곽우구공국길", "kim lee park kang cho lim shin kwon ko shim kwak woo koo kong kook kil"
    )
)
"""Family names whose bearers spell them otherwise than their letters sound, as most of them do."""
_SIGNS = {block + sign: value.replace("_", "") for block in _INDIC_BLOCKS for sign, value in _INDIC_SIGNS.items()}


def apart(word: str) -> tuple[str, ...]:
    """Return a Korean name that is written as one word, its family name first, as (family, given); else the word."""
    if len(word) not in _KOREAN_NAME or any(ord(letter) not in _SYLLABLES for letter in word):
        return (word,)
    family = 2 if word[:2] in _KOREAN_FAMILIES_OF_TWO else 1
    return word[:family], word[family:]


def latin(part: str) -> str:
    """Return one part of a name (casefolded, composed) in Latin letters; what has none here stays as it is."""
    if part.isascii():
        return part
    if part in _KOREAN_FAMILIES:
        return _KOREAN_FAMILIES[part]
    written = ""
    for letter in part:
        if ord(letter) in _SIGNS:  # it takes the place of the vowel that was not written
            written = written.removesuffix("a") + _SIGNS[ord(letter)]
        elif ord(letter) in _SYLLABLES:
            written += _syllable(ord(letter) - _SYLLABLES.start)
        else:
            written += _LATIN.get(ord(letter), letter)
    return written


def _syllable(index: int) -> str:
    """Return a Hangul syllable, which Unicode numbers by its three sounds."""
    first, middle, last = (sounds.split() for sounds in _HANGUL)
    rest, end = divmod(index, len(last))
    start, vowel = divmod(rest, len(middle))
    return (first[start] + middle[vowel] + last[end]).replace("_", "")
