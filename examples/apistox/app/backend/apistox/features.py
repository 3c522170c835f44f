"""SMILES in, one row of numbers out: physico-chemical descriptors, atom counts and a Morgan fingerprint.

The order of the columns is part of a trained model, so it is fixed here and its length is checked when one is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from rdkit import Chem, RDLogger
from rdkit.Chem import Descriptors, rdFingerprintGenerator

# RDKit writes a paragraph to stderr for every string that is no molecule; the caller gets an exception instead.
RDLogger.DisableLog("rdApp.*")

DESCRIPTORS = (
    "MolWt",
    "MolLogP",
    "TPSA",
    "NumHAcceptors",
    "NumHDonors",
    "NumRotatableBonds",
    "RingCount",
    "NumAromaticRings",
    "FractionCSP3",
    "HeavyAtomCount",
    "NumHeteroatoms",
    "LabuteASA",
    "BertzCT",
    "BalabanJ",
    "MolMR",
    "qed",
    "MaxPartialCharge",
    "MinPartialCharge",
    "NHOHCount",
    "NOCount",
)
# C, N, O, F, P, S, Cl, I, Br, Si: what pesticides are made of.
ATOMS = (6, 7, 8, 9, 15, 16, 17, 53, 35, 14)
BITS = 1024
RADIUS = 2
WIDTH = len(DESCRIPTORS) + len(ATOMS) + BITS
LONGEST = 2000

_morgan = rdFingerprintGenerator.GetMorganGenerator(radius=RADIUS, fpSize=BITS)


class InvalidSmiles(ValueError):
    """A string that does not describe a molecule."""


def molecule(smiles: str) -> Chem.Mol:
    """The molecule of a SMILES string. Raises InvalidSmiles, also for an empty one (which RDKit would accept)."""
    if len(smiles) > LONGEST:
        raise InvalidSmiles(f"a SMILES of {len(smiles)} characters is longer than {LONGEST}")
    found = Chem.MolFromSmiles(smiles.strip()) if smiles.strip() else None
    if found is None or found.GetNumAtoms() == 0:
        raise InvalidSmiles(f"not a valid SMILES: {smiles!r}")
    return found


def atom_counts(found: Chem.Mol) -> list[int]:
    """How many atoms of each element in ATOMS."""
    numbers = [atom.GetAtomicNum() for atom in found.GetAtoms()]
    return [numbers.count(number) for number in ATOMS]


def fingerprint(found: Chem.Mol) -> np.ndarray:
    """Morgan fingerprint (ECFP4) as zeros and ones."""
    return _morgan.GetFingerprintAsNumPy(found)


def row(smiles: str) -> np.ndarray:
    """All features of one molecule, float32, WIDTH long. Raises InvalidSmiles."""
    found = molecule(smiles)
    values = [float(getattr(Descriptors, name)(found)) for name in DESCRIPTORS]
    # Partial charges are not defined for metals and the like.
    clean = np.nan_to_num(np.array(values), nan=0.0, posinf=0.0, neginf=0.0)
    return np.concatenate([clean, atom_counts(found), fingerprint(found)]).astype(np.float32)


def table(smiles: Iterable[str]) -> np.ndarray:
    """Features of many molecules, one row each."""
    return np.stack([row(text) for text in smiles])
