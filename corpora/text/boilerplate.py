"""Words that say little about where a text comes from, however rare they are in a corpus: a small one knows few."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.text.normalize import normalize
from corpora.text.words import words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEGAL_BITS: Final = 5.0
"""The most that a word of licences and disclaimers says: they are all alike."""
FUNCTION_BITS: Final = 4.5
"""The most that a word says that every text holds."""

_LEGAL: Final = """
accompanying acknowledgement acknowledgment advertising advised affirmer agreement amend applicable arising assume
assumes attribution author authors breach business caused claim claims compliance conditions conjunction conspicuously
consequential consideration construed contract contractual contribution contributions contributor contributors convey
conveyed conveying copies copyright copyrighted copyrightable correction cost costs covenant covered damage damages
data defect defective defects derivative derived derogate direct disclaim disclaimed disclaimer disclaimers disclaims
dispute distribute distributed distributing distribution distributor endorse endorsement enforce enforceable entirety
entities entity event exceed exclude excluded excluding exclusion exclusive exclusively exemplary exercise exercising
express expressed expressly extent fee fees fitness foregoing foundation free furnished goods governed governing grant
granted granting grants guarantee guarantees hereafter hereby herein hereof hereto hereunder holder holders implied
inability incidental including inclusion incorporated indemnification indemnify indirect individual individuals
infringe infringed infringement infringing injury intellectual interruption irrevocable jurisdiction jurisdictions
kind law lawful laws legal liability liable license licensable licensed licensee licensees licenses licensing licensor
licensors limitation limitations limited loss losses lost malfunction materials merchantability merge modification
modifications modified modify negligence negotiated noncommercial noninfringement notice notices notwithstanding
obligation obligations obtain obtaining opportunity otherwise owner owners parties party patent patents percent
permission permissions permit permits permitted perpetual person personal persons possibility possible prejudice
procurement product products profit profits prohibited promote propagate property proprietary prove provided provision
provisions publish publisher punitive purpose purposes pursuant reasonable reasonably receive received receiving
recipient recipients redistribute redistributed redistributing redistribution redistributions regardless reinstated
relicense remain remedies remedy repair reproduce reproduced reserved responsibility responsible restriction
restrictions reverse revenue revised revoke revoked right rights risk royalty sale sell servicing severable special
statement statutory strict subject sublicensable sublicense sublicensed sublicensing substantial substantially
substitute successor such sue supersede support survive suitability tangible tort tortious terminate terminated
terminates termination terms theory therefrom thereof thereto third title trade trademark trademarks transfer
transferable transferred unenforceable unless unlimited use used users waive waived waiver warranties warranty
warrants whatsoever whereas whether wherever whole willful without workmanship works worldwide written
"""
_FUNCTION: Final = """
the of and to in is a that for it as was with be by on not are this or an at from but have has had were he his they we
you i can will if der die das und in zu den von mit ist des im dem nicht ein eine auf für sich le la les de des du et
en un une que qui dans pour par sur au est ne pas el los las y del al por con una se no su es lo il di che e un per
non una della
"""


@cache
def boilerplate() -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
    """Return the hashes of these words, uint64, increasing, and the most that each says, float64."""
    legal, function = (words_of(normalize(words)).hashes for words in (_LEGAL, _FUNCTION))
    most = dict.fromkeys(legal.tolist(), LEGAL_BITS) | dict.fromkeys(function.tolist(), FUNCTION_BITS)
    hashes = sorted(most)
    return np.array(hashes, dtype=np.uint64), np.array([most[one] for one in hashes])
