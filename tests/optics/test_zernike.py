import numpy as np
import pytest

from studio.optics.zernike import (
    SCHEMES,
    ansi_to_nm,
    cartesian_coefficients,
    convert_index,
    evaluate,
    fringe_to_nm,
    nm_to_ansi,
    nm_to_fringe,
    nm_to_noll,
    noll_to_nm,
    rms_norm,
    term_name,
)

# Noll 1976, table 1; ANSI Z80.28; Wyant and Creath's Fringe table
NOLL = [(0, 0), (1, 1), (1, -1), (2, 0), (2, -2), (2, 2), (3, -1), (3, 1), (3, -3), (3, 3), (4, 0), (4, 2), (4, -2)]
ANSI = [(0, 0), (1, -1), (1, 1), (2, -2), (2, 0), (2, 2), (3, -3), (3, -1), (3, 1), (3, 3), (4, -4)]
FRINGE = [(0, 0), (1, 1), (1, -1), (2, 0), (2, 2), (2, -2), (3, 1), (3, -1), (4, 0), (3, 3), (3, -3), (4, 2), (4, -2)]


def test_indices_follow_the_published_tables():
    assert [noll_to_nm(j) for j in range(1, 14)] == NOLL
    assert [ansi_to_nm(j) for j in range(11)] == ANSI
    assert [fringe_to_nm(j) for j in range(1, 14)] == FRINGE


@pytest.mark.parametrize("j", range(1, 67))
def test_every_numbering_leads_back(j):
    nm = noll_to_nm(j)
    assert nm_to_noll(*nm) == j
    assert ansi_to_nm(nm_to_ansi(*nm)) == nm
    assert fringe_to_nm(nm_to_fringe(*nm)) == nm
    for source in SCHEMES:
        for target in SCHEMES:
            there = convert_index(convert_index(j, "noll", source), source, target)
            assert convert_index(there, target, "noll") == j


def test_bad_indices_are_refused():
    for call in (lambda: noll_to_nm(0), lambda: ansi_to_nm(-1), lambda: fringe_to_nm(0), lambda: nm_to_noll(3, 2)):
        with pytest.raises(ValueError, match=r"index|term"):
            call()
    with pytest.raises(ValueError, match="numbering 'zemax'"):
        convert_index(4, "noll", "zemax")


def test_gram_matrix_is_the_identity():
    """Noll terms are orthonormal over the disc; Gauss quadrature in radius, equal steps in angle are exact here."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    rho, theta = np.meshgrid((nodes + 1) / 2, np.arange(64) * 2 * np.pi / 64, indexing="ij")
    weight = (weights / 2)[:, None] * rho * 2 / 64
    x, y = rho * np.cos(theta), rho * np.sin(theta)
    terms = np.array([evaluate(np.eye(66)[j], x, y) for j in range(66)])
    gram = np.einsum("apt,bpt,pt->ab", terms, terms, weight)
    np.testing.assert_allclose(gram, np.eye(66), atol=1e-10)


def test_named_terms_have_their_textbook_form():
    x, y = np.meshgrid(np.linspace(-1, 1, 7), np.linspace(-1, 1, 7))
    rho2 = x**2 + y**2
    textbook = {
        2: 2 * x,
        3: 2 * y,
        4: np.sqrt(3) * (2 * rho2 - 1),
        5: np.sqrt(6) * 2 * x * y,
        6: np.sqrt(6) * (x**2 - y**2),
        7: np.sqrt(8) * (3 * rho2 - 2) * y,
        8: np.sqrt(8) * (3 * rho2 - 2) * x,
        11: np.sqrt(5) * (6 * rho2**2 - 6 * rho2 + 1),
    }
    for j, expected in textbook.items():
        np.testing.assert_allclose(evaluate(np.eye(15)[j - 1], x, y), expected, atol=1e-12)
    assert (term_name(4), term_name(5), term_name(7)) == ("defocus", "oblique astigmatism", "vertical coma")
    assert [term_name(j) for j in (12, 15, 16, 20, 21, 22, 24, 27, 36, 56, 66)] == [
        "vertical secondary astigmatism",
        "oblique quadrafoil",
        "horizontal secondary coma",
        "oblique pentafoil",
        "vertical pentafoil",
        "secondary spherical",
        "vertical tertiary astigmatism",
        "oblique hexafoil",
        "oblique heptafoil",
        "quaternary spherical",
        "vertical decafoil",
    ]


def test_every_term_has_a_name_of_its_own():
    assert len({term_name(j) for j in range(1, 67)}) == 66


def test_norm_turns_peak_one_into_rms_one():
    for j in range(1, 37):
        n, m = noll_to_nm(j)
        angle = np.linspace(0, 2 * np.pi, 721)
        edge = evaluate(np.eye(j)[j - 1], np.cos(angle), np.sin(angle))
        assert np.max(np.abs(edge)) == pytest.approx(rms_norm(n, m), rel=1e-3)


def test_cached_coefficients_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        cartesian_coefficients(4)[0, 0] = 1.0
