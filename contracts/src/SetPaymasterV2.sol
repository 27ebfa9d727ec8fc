// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./SetPaymaster.sol";

/// @title An upgrade to try `contract.upgrade` with; ours, nothing of Set Chain's
/// @notice Adds a reserve that withdraw may not touch. Layout: one variable after everything of SetPaymaster.
contract SetPaymasterV2 is SetPaymaster {
    uint256 public reserve; // wei

    error BelowReserve(uint256 reserve);

    /// @notice Meant as the data of upgradeToAndCall; once, and by the owner only.
    function initializeV2(uint256 _reserve) external reinitializer(2) onlyOwner {
        reserve = _reserve;
    }

    function version() external pure returns (string memory) {
        return "2";
    }

    function _checkWithdrawal(uint256 amount) internal view override {
        super._checkWithdrawal(amount);
        if (address(this).balance - amount < reserve) revert BelowReserve(reserve);
    }
}
