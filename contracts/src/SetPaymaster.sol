// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import "@openzeppelin/contracts-upgradeable/utils/ReentrancyGuardUpgradeable.sol";

/// @title SetPaymaster, a stand-in with the governance interface of Set Chain's paymaster
/// @notice Operators pay gas money to sponsored merchants within the limits of the merchant's tier. Real interface:
///         all owner functions, their events (and the missing one), errors, bounds and silent truncations, the
///         storage slots, deposit, the single payout and the reads below. There is no pause function in the real
///         one either. Left out: batched payouts and refunds; initialize creates no tiers.
contract SetPaymaster is OwnableUpgradeable, ReentrancyGuardUpgradeable, UUPSUpgradeable {
    struct SponsorshipTier {
        string name;
        uint128 maxPerTransaction; // wei
        uint128 maxPerDay; // wei
        uint128 maxPerMonth; // wei
        bool active;
    }

    struct MerchantSponsorship {
        bool active;
        uint8 tierId; // callers pass a uint256: 256 is stored as 0, as in the real contract
        uint64 lastDayReset;
        uint64 lastMonthReset;
        uint128 spentToday;
        uint128 spentThisMonth;
        uint128 totalSponsored;
    }

    enum OperationType {
        ORDER_CREATE,
        ORDER_UPDATE,
        PAYMENT_PROCESS,
        INVENTORY_UPDATE,
        RETURN_PROCESS,
        COMMITMENT_ANCHOR,
        OTHER
    }

    uint256 public constant MAX_BATCH_SIZE = 100;

    mapping(uint256 => SponsorshipTier) public tiers; // slot 0
    uint256 public nextTierId; // slot 1
    mapping(address => MerchantSponsorship) public merchantSponsorship; // slot 2
    uint256 public totalGasSponsored; // slot 3: stays 0, as in the real contract
    address public treasury; // slot 4
    uint256 public minDeposit; // slot 5
    mapping(address => bool) public operators; // slot 6
    uint256[43] private __gap; // slot 7

    event TierCreated(uint256 indexed tierId, string name, uint256 maxPerTx, uint256 maxPerDay);
    event TierUpdated(uint256 indexed tierId, uint256 maxPerTx, uint256 maxPerDay);
    event TierStatusUpdated(uint256 indexed tierId, bool active);
    event MerchantSponsored(address indexed merchant, uint256 tierId);
    event MerchantRevoked(address indexed merchant);
    event GasSponsored(address indexed merchant, uint256 amount, OperationType operationType);
    event GasRefunded(address indexed merchant, uint256 amount);
    event Deposited(address indexed from, uint256 amount);
    event Withdrawn(address indexed to, uint256 amount);
    event OperatorUpdated(address indexed operator, bool authorized);
    event MinDepositUpdated(uint256 minDeposit);
    event BatchSponsorshipCompleted(uint256 processed, uint256 succeeded, uint256 failed);
    event BatchSponsorshipFailed(address indexed merchant, string reason);
    event ContractUpgraded(address indexed newImplementation, address indexed authorizer);

    error NotSponsored();
    error TierNotActive();
    error ExceedsTransactionLimit(uint256 requested, uint256 max);
    error ExceedsDailyLimit(uint256 requested, uint256 remaining);
    error ExceedsMonthlyLimit(uint256 requested, uint256 remaining);
    error InsufficientBalance();
    error NotOperator();
    error InvalidTier();
    error InvalidTierLimits();
    error InvalidAddress();
    error InvalidRefundAmount();
    error RefundExceedsSponsored(uint256 requested, uint256 available);
    error RefundValueMismatch(uint256 expected, uint256 provided);
    error BelowMinimumDeposit(uint256 provided, uint256 minimum);
    error TransferFailed();
    error WithdrawFailed();
    error ArrayLengthMismatch();
    error BatchTooLarge();
    error EmptyArray();

    modifier onlyOperator() {
        if (!operators[msg.sender] && msg.sender != owner()) revert NotOperator();
        _;
    }

    constructor() {
        _disableInitializers();
    }

    function initialize(address _owner, address _treasury) external initializer {
        if (_treasury == address(0)) revert InvalidAddress();
        __Ownable_init(_owner);
        __ReentrancyGuard_init();
        __UUPSUpgradeable_init();
        treasury = _treasury;
        minDeposit = 0.01 ether;
    }

    // ---- owner (the timelock): tiers ------------------------------------------------------------------------

    function createTier(string calldata _name, uint256 _maxPerTx, uint256 _maxPerDay, uint256 _maxPerMonth)
        external
        onlyOwner
        returns (uint256 tierId)
    {
        _checkLimits(_maxPerTx, _maxPerDay, _maxPerMonth);
        tierId = nextTierId++;
        tiers[tierId] =
            SponsorshipTier(_name, uint128(_maxPerTx), uint128(_maxPerDay), uint128(_maxPerMonth), true);
        emit TierCreated(tierId, _name, _maxPerTx, _maxPerDay);
    }

    /// @notice The event omits _maxPerMonth, as in the real contract.
    function updateTier(uint256 _tierId, uint256 _maxPerTx, uint256 _maxPerDay, uint256 _maxPerMonth)
        external
        onlyOwner
    {
        if (_tierId >= nextTierId) revert InvalidTier();
        _checkLimits(_maxPerTx, _maxPerDay, _maxPerMonth);
        SponsorshipTier storage tier = tiers[_tierId];
        tier.maxPerTransaction = uint128(_maxPerTx);
        tier.maxPerDay = uint128(_maxPerDay);
        tier.maxPerMonth = uint128(_maxPerMonth);
        emit TierUpdated(_tierId, _maxPerTx, _maxPerDay);
    }

    /// @notice Off stops payouts to every merchant on the tier.
    function setTierActive(uint256 _tierId, bool _active) external onlyOwner {
        if (_tierId >= nextTierId) revert InvalidTier();
        tiers[_tierId].active = _active;
        emit TierStatusUpdated(_tierId, _active);
    }

    // ---- owner: merchants -----------------------------------------------------------------------------------

    /// @notice Overwrites the merchant's record: what was spent counts as 0 again.
    function sponsorMerchant(address _merchant, uint256 _tierId) external onlyOwner {
        _sponsor(_merchant, _tierId);
    }

    function revokeMerchant(address _merchant) external onlyOwner {
        _revoke(_merchant);
    }

    function batchSponsorMerchants(address[] calldata _merchants, uint256[] calldata _tierIds) external onlyOwner {
        _checkBatch(_merchants.length);
        if (_merchants.length != _tierIds.length) revert ArrayLengthMismatch();
        for (uint256 i = 0; i < _merchants.length; i++) {
            _sponsor(_merchants[i], _tierIds[i]);
        }
    }

    function batchRevokeMerchants(address[] calldata _merchants) external onlyOwner {
        _checkBatch(_merchants.length);
        for (uint256 i = 0; i < _merchants.length; i++) {
            _revoke(_merchants[i]);
        }
    }

    /// @notice Skips inactive merchants without a word, as in the real contract.
    function batchUpdateMerchantTier(address[] calldata _merchants, uint256 _newTierId) external onlyOwner {
        _checkBatch(_merchants.length);
        _checkTier(_newTierId);
        for (uint256 i = 0; i < _merchants.length; i++) {
            MerchantSponsorship storage s = merchantSponsorship[_merchants[i]];
            if (!s.active) continue;
            s.tierId = uint8(_newTierId);
            emit MerchantSponsored(_merchants[i], _newTierId);
        }
    }

    // ---- owner: operators and money -------------------------------------------------------------------------

    function setOperator(address _operator, bool _authorized) external onlyOwner {
        if (_operator == address(0)) revert InvalidAddress();
        operators[_operator] = _authorized;
        emit OperatorUpdated(_operator, _authorized);
    }

    /// @notice Emits no event, as in the real contract.
    function setTreasury(address _treasury) external onlyOwner {
        if (_treasury == address(0)) revert InvalidAddress();
        treasury = _treasury;
    }

    /// @notice Wei, any value. The largest ones close deposit(); plain transfers still come in.
    function setMinDeposit(uint256 _minDeposit) external onlyOwner {
        minDeposit = _minDeposit;
        emit MinDepositUpdated(_minDeposit);
    }

    /// @notice Always to the treasury.
    function withdraw(uint256 _amount) external onlyOwner nonReentrant {
        _checkWithdrawal(_amount);
        (bool ok,) = treasury.call{value: _amount}("");
        if (!ok) revert WithdrawFailed();
        emit Withdrawn(treasury, _amount);
    }

    function _authorizeUpgrade(address newImplementation) internal override onlyOwner {
        emit ContractUpgraded(newImplementation, msg.sender);
    }

    // ---- operators and depositors ---------------------------------------------------------------------------

    function deposit() external payable {
        if (msg.value < minDeposit) revert BelowMinimumDeposit(msg.value, minDeposit);
        emit Deposited(msg.sender, msg.value);
    }

    receive() external payable {
        emit Deposited(msg.sender, msg.value);
    }

    function executeSponsorship(address _merchant, uint256 _amount, OperationType _operationType)
        external
        onlyOperator
        nonReentrant
    {
        MerchantSponsorship storage s = merchantSponsorship[_merchant];
        if (!s.active) revert NotSponsored();
        SponsorshipTier storage tier = tiers[s.tierId];
        if (!tier.active) revert TierNotActive();
        if (_amount > tier.maxPerTransaction) revert ExceedsTransactionLimit(_amount, tier.maxPerTransaction);
        uint128 today = _spentToday(s);
        uint128 month = _spentThisMonth(s);
        if (today + _amount > tier.maxPerDay) revert ExceedsDailyLimit(_amount, _left(tier.maxPerDay, today));
        if (month + _amount > tier.maxPerMonth) revert ExceedsMonthlyLimit(_amount, _left(tier.maxPerMonth, month));
        if (_amount > address(this).balance) revert InsufficientBalance();

        if (block.timestamp - s.lastDayReset >= 1 days) s.lastDayReset = uint64(block.timestamp);
        if (block.timestamp - s.lastMonthReset >= 30 days) s.lastMonthReset = uint64(block.timestamp);
        s.spentToday = today + uint128(_amount);
        s.spentThisMonth = month + uint128(_amount);
        s.totalSponsored += uint128(_amount);
        (bool ok,) = _merchant.call{value: _amount}("");
        if (!ok) revert TransferFailed();
        emit GasSponsored(_merchant, _amount, _operationType);
    }

    // ---- reads ----------------------------------------------------------------------------------------------

    function balance() external view returns (uint256) {
        return address(this).balance;
    }

    function getMerchantDetails(address _merchant)
        external
        view
        returns (bool active, uint256 tierId, uint256 spentToday, uint256 spentThisMonth, uint256 totalSponsored)
    {
        MerchantSponsorship storage s = merchantSponsorship[_merchant];
        return (s.active, s.tierId, _spentToday(s), _spentThisMonth(s), s.totalSponsored);
    }

    function batchGetMerchantStatus(address[] calldata _merchants)
        external
        view
        returns (bool[] memory statuses, uint256[] memory tiers_)
    {
        statuses = new bool[](_merchants.length);
        tiers_ = new uint256[](_merchants.length);
        for (uint256 i = 0; i < _merchants.length; i++) {
            statuses[i] = merchantSponsorship[_merchants[i]].active;
            tiers_[i] = merchantSponsorship[_merchants[i]].tierId;
        }
    }

    function getPaymasterStatus()
        external
        view
        returns (uint256 paymasterBalance, uint256 totalSponsored_, uint256 tierCount, address treasuryAddr)
    {
        return (address(this).balance, totalGasSponsored, nextTierId, treasury);
    }

    /// @notice Active tiers only.
    function getAllTiers()
        external
        view
        returns (
            uint256[] memory tierIds,
            string[] memory names,
            uint256[] memory maxPerTx,
            uint256[] memory maxPerDay_,
            uint256[] memory maxPerMonth_
        )
    {
        uint256 n = 0;
        for (uint256 id = 0; id < nextTierId; id++) {
            if (tiers[id].active) n++;
        }
        tierIds = new uint256[](n);
        names = new string[](n);
        maxPerTx = new uint256[](n);
        maxPerDay_ = new uint256[](n);
        maxPerMonth_ = new uint256[](n);
        n = 0;
        for (uint256 id = 0; id < nextTierId; id++) {
            SponsorshipTier storage tier = tiers[id];
            if (!tier.active) continue;
            tierIds[n] = id;
            names[n] = tier.name;
            maxPerTx[n] = tier.maxPerTransaction;
            maxPerDay_[n] = tier.maxPerDay;
            maxPerMonth_[n] = tier.maxPerMonth;
            n++;
        }
    }

    // ---- inside ---------------------------------------------------------------------------------------------

    function _checkWithdrawal(uint256 amount) internal view virtual {
        if (amount > address(this).balance) revert InsufficientBalance();
    }

    function _checkLimits(uint256 perTx, uint256 perDay, uint256 perMonth) private pure {
        if (perTx > perDay || perDay > perMonth || perMonth > type(uint128).max) revert InvalidTierLimits();
    }

    function _checkTier(uint256 tierId) private view {
        if (tierId >= nextTierId || !tiers[tierId].active) revert InvalidTier();
    }

    function _checkBatch(uint256 n) private pure {
        if (n == 0) revert EmptyArray();
        if (n > MAX_BATCH_SIZE) revert BatchTooLarge();
    }

    function _sponsor(address merchant, uint256 tierId) private {
        if (merchant == address(0)) revert InvalidAddress();
        _checkTier(tierId);
        uint64 t = uint64(block.timestamp);
        merchantSponsorship[merchant] = MerchantSponsorship(true, uint8(tierId), t, t, 0, 0, 0);
        emit MerchantSponsored(merchant, tierId);
    }

    function _revoke(address merchant) private {
        if (merchant == address(0)) revert InvalidAddress();
        merchantSponsorship[merchant].active = false;
        emit MerchantRevoked(merchant);
    }

    function _spentToday(MerchantSponsorship storage s) private view returns (uint128) {
        return block.timestamp - s.lastDayReset >= 1 days ? 0 : s.spentToday;
    }

    function _spentThisMonth(MerchantSponsorship storage s) private view returns (uint128) {
        return block.timestamp - s.lastMonthReset >= 30 days ? 0 : s.spentThisMonth;
    }

    function _left(uint128 limit, uint128 spent) private pure returns (uint256) {
        return spent >= limit ? 0 : limit - spent;
    }
}
