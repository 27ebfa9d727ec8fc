// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title SetTimelock, a stand-in with the interface of Set Chain's timelock
/// @notice OpenZeppelin's TimelockController plus read helpers. Not upgradeable. Real interface: every function,
///         event, error and storage slot. As in the real one, MAX_DELAY binds the constructor only: `updateDelay`
///         (through the timelock itself) accepts any value.
contract SetTimelock is TimelockController {
    uint256 public constant MAINNET_MIN_DELAY = 24 hours;
    uint256 public constant TESTNET_MIN_DELAY = 1 hours;
    uint256 public constant DEVNET_MIN_DELAY = 5 minutes;
    uint256 public constant MAX_DELAY = 30 days;

    event TimelockDeployed(uint256 minDelay, uint256 proposerCount, uint256 executorCount, address indexed admin);
    event AdminRenounced(address indexed admin, uint256 timestamp);

    error NoProposersProvided();
    error NoExecutorsProvided();
    error ZeroAddressProposer();
    error ZeroAddressExecutor();
    error DelayTooShort(uint256 provided, uint256 minimum);
    error DelayTooLong();
    error ArrayLengthMismatch();
    error EmptyArray();

    /// @param minDelay  seconds
    /// @param admin     an extra holder of DEFAULT_ADMIN_ROLE, or 0 for none (the timelock always holds it itself)
    constructor(uint256 minDelay, address[] memory proposers, address[] memory executors, address admin)
        TimelockController(minDelay, proposers, executors, admin)
    {
        if (proposers.length == 0) revert NoProposersProvided();
        if (executors.length == 0) revert NoExecutorsProvided();
        if (minDelay > MAX_DELAY) revert DelayTooLong();
        for (uint256 i = 0; i < proposers.length; i++) {
            if (proposers[i] == address(0)) revert ZeroAddressProposer();
        }
        for (uint256 i = 0; i < executors.length; i++) {
            if (executors[i] == address(0)) revert ZeroAddressExecutor();
        }
        emit TimelockDeployed(minDelay, proposers.length, executors.length, admin);
    }

    /// @notice Also emits AdminRenounced for role 0x00, even when the caller never held it: anybody can forge that
    ///         event, here as in the real contract. Only RoleRevoked and hasRole are evidence.
    function renounceRole(bytes32 role, address callerConfirmation) public override {
        super.renounceRole(role, callerConfirmation);
        if (role == DEFAULT_ADMIN_ROLE) emit AdminRenounced(msg.sender, block.timestamp);
    }

    // ---- reads ----------------------------------------------------------------------------------------------

    function canPropose(address account) external view returns (bool) {
        return hasRole(PROPOSER_ROLE, account);
    }

    function canExecute(address account) external view returns (bool) {
        return hasRole(EXECUTOR_ROLE, account);
    }

    function hasAdminRole(address account) external view returns (bool) {
        return hasRole(DEFAULT_ADMIN_ROLE, account);
    }

    function getRoles(address account)
        public
        view
        returns (bool isProposer, bool isExecutor, bool isCanceller, bool isAdmin)
    {
        isProposer = hasRole(PROPOSER_ROLE, account);
        isExecutor = hasRole(EXECUTOR_ROLE, account);
        isCanceller = hasRole(CANCELLER_ROLE, account);
        isAdmin = hasRole(DEFAULT_ADMIN_ROLE, account);
    }

    function batchGetRoles(address[] calldata accounts)
        external
        view
        returns (
            bool[] memory isProposer_,
            bool[] memory isExecutor_,
            bool[] memory isCanceller_,
            bool[] memory isAdmin_
        )
    {
        uint256 n = accounts.length;
        if (n == 0) revert EmptyArray();
        isProposer_ = new bool[](n);
        isExecutor_ = new bool[](n);
        isCanceller_ = new bool[](n);
        isAdmin_ = new bool[](n);
        for (uint256 i = 0; i < n; i++) {
            (isProposer_[i], isExecutor_[i], isCanceller_[i], isAdmin_[i]) = getRoles(accounts[i]);
        }
    }

    function verifyRolesForOperation(address proposer, address executor)
        external
        view
        returns (bool canSchedule, bool canRun, uint256 delay)
    {
        return (hasRole(PROPOSER_ROLE, proposer), hasRole(EXECUTOR_ROLE, executor), getMinDelay());
    }

    /// @notice isPending is true while Waiting and while Ready.
    function getOperationStatus(bytes32 id)
        public
        view
        returns (bool isPending, bool isReady, bool isDone, uint256 timestamp)
    {
        return (isOperationPending(id), isOperationReady(id), isOperationDone(id), getTimestamp(id));
    }

    function batchGetOperationStatus(bytes32[] calldata ids)
        external
        view
        returns (
            bool[] memory isPending_,
            bool[] memory isReady_,
            bool[] memory isDone_,
            uint256[] memory timestamps_
        )
    {
        uint256 n = ids.length;
        if (n == 0) revert EmptyArray();
        isPending_ = new bool[](n);
        isReady_ = new bool[](n);
        isDone_ = new bool[](n);
        timestamps_ = new uint256[](n);
        for (uint256 i = 0; i < n; i++) {
            (isPending_[i], isReady_[i], isDone_[i], timestamps_[i]) = getOperationStatus(ids[i]);
        }
    }

    /// @notice Seconds until ready; 0 when ready, done or unknown.
    function getTimeRemaining(bytes32 id) public view returns (uint256 remaining) {
        uint256 readyAt = getTimestamp(id);
        return readyAt > block.timestamp ? readyAt - block.timestamp : 0;
    }

    function batchGetTimeRemaining(bytes32[] calldata ids) external view returns (uint256[] memory remaining) {
        if (ids.length == 0) revert EmptyArray();
        remaining = new uint256[](ids.length);
        for (uint256 i = 0; i < ids.length; i++) {
            remaining[i] = getTimeRemaining(ids[i]);
        }
    }

    function getOperationActionability(bytes32 id)
        external
        view
        returns (bool exists, bool actionable, uint256 secondsToActionable, bool executed)
    {
        return (isOperation(id), isOperationReady(id), getTimeRemaining(id), isOperationDone(id));
    }

    function getTimelockStatus()
        external
        view
        returns (uint256 delay, uint256 maxDelay, bool isMainnetDelay, bool isTestnetDelay, bool isDevnetDelay)
    {
        uint8 environment = _environment();
        return (getMinDelay(), MAX_DELAY, environment == 2, environment == 1, environment == 0);
    }

    function getExtendedConfig()
        external
        view
        returns (
            uint256 minDelay_,
            uint256 maxDelay_,
            uint256 mainnetDelay_,
            uint256 testnetDelay_,
            uint256 devnetDelay_,
            uint8 currentEnvironment_
        )
    {
        return
            (getMinDelay(), MAX_DELAY, MAINNET_MIN_DELAY, TESTNET_MIN_DELAY, DEVNET_MIN_DELAY, _environment());
    }

    function getExecutionTimeline()
        external
        view
        returns (uint256 executeableAt, uint256 currentTime, uint256 delaySeconds)
    {
        delaySeconds = getMinDelay();
        return (block.timestamp + delaySeconds, block.timestamp, delaySeconds);
    }

    function computeOperationId(
        address target,
        uint256 value,
        bytes calldata data,
        bytes32 predecessor,
        bytes32 salt
    ) external pure returns (bytes32 id) {
        return hashOperation(target, value, data, predecessor, salt);
    }

    function computeBatchOperationId(
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata payloads,
        bytes32 predecessor,
        bytes32 salt
    ) external pure returns (bytes32 id) {
        return hashOperationBatch(targets, values, payloads, predecessor, salt);
    }

    /// @dev 0 devnet, 1 testnet, 2 mainnet, judged by the delay alone.
    function _environment() private view returns (uint8) {
        uint256 delay = getMinDelay();
        if (delay >= MAINNET_MIN_DELAY) return 2;
        return delay >= TESTNET_MIN_DELAY ? 1 : 0;
    }
}
