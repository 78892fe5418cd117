"""The packs of the tests of `policy`, for the tools of policy authors."""

from policy.conftest import new_pack, pack, shipped, shipped_policy, whole_pack

__all__ = ["new_pack", "pack", "shipped", "shipped_policy", "whole_pack"]
