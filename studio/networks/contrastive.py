"""What teaches a network to tell people apart: pictures of one person close together, those of others apart."""

from __future__ import annotations

import torch

TEMPERATURE = 0.1


def same_person(people: torch.Tensor) -> torch.Tensor:
    """(B, B): whether two different pictures show the same person; those of nobody known (-1) match none."""
    same = (people[:, None] == people[None, :]) & (people >= 0)[:, None]
    return same & ~torch.eye(len(people), dtype=torch.bool, device=people.device)


def contrastive(embeddings: torch.Tensor, people: torch.Tensor) -> torch.Tensor:
    """The supervised contrastive loss (Khosla et al. 2020) of unit vectors (B, E): for recogniser and adversary."""
    same = same_person(people)
    has_partner = same.any(1)
    if not has_partner.any():
        return embeddings.sum() * 0.0
    scores = embeddings @ embeddings.T / TEMPERATURE
    itself = torch.eye(len(scores), dtype=torch.bool, device=scores.device)
    log_share = scores - torch.logsumexp(scores.masked_fill(itself, -torch.inf), dim=1, keepdim=True)
    log_share = log_share.masked_fill(~same, 0.0)
    return -(log_share.sum(1) / same.sum(1).clamp_min(1))[has_partner].mean()
