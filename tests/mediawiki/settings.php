<?php
// One configuration for all the wikis of the tests; FARM_WIKI says which. Never for a wiki that people use.
if ( !defined( 'MEDIAWIKI' ) ) { exit; }
$farm = getenv( 'FARM_DIR' );
$key = getenv( 'FARM_WIKI' );
$names = [ 'communs' => 'Les communs', 'wikiversite' => 'Wikiversité', 'wikilivres' => 'Wikilivres', 'movilab' => 'Movilab' ];
$ports = [ 'communs' => 0, 'wikiversite' => 1, 'wikilivres' => 2, 'movilab' => 3 ];
$wgSitename = $names[$key];
$wgServer = 'http://127.0.0.1:' . ( (int)getenv( 'FARM_PORT' ) + $ports[$key] );
$wgScriptPath = '/w';
$wgArticlePath = '/wiki/$1';
$wgLanguageCode = 'fr';
$wgLocaltimezone = 'Europe/Paris';
$wgSecretKey = str_repeat( 'a1', 32 );
$wgDBtype = 'sqlite';
$wgDBname = $key; // the wiki's id too: one name for all would share cached users
$wgSQLiteDataDir = "$farm/data/$key";
$wgDBservers = [ [ 'type' => 'sqlite', 'dbname' => $key, 'dbDirectory' => $wgSQLiteDataDir, 'variables' => [ 'synchronous' => 'OFF' ],
	'trxMode' => 'IMMEDIATE', 'flags' => DBO_DEFAULT, 'load' => 1 ] ];
$wgMainCacheType = CACHE_ACCEL;
$wgSessionCacheType = CACHE_ACCEL;
$wgParserCacheType = CACHE_NONE;
$wgMessageCacheType = CACHE_NONE;
$wgCachePrefix = $key;
// A cache for each set of extensions: one that another set wrote is stale, and would be made anew by every request.
$wgLocalisationCacheConf = [ 'class' => 'LocalisationCache', 'store' => 'array', 'manualRecache' => false,
	'storeDirectory' => "$farm/l10n/" . ( $key === 'movilab' ? 'guarded' : 'plain' ) ];
$wgJobRunRate = 0;
$wgPingback = false;
$wgEnableEmail = false;
$wgUseInstantCommons = false;
$wgEnableUploads = $key === 'communs';
$wgUploadDirectory = "$farm/data/$key/images";
$wgPasswordConfig['pbkdf2']['cost'] = '1000';
$wgPasswordPolicy['policies']['default'] = [];
$wgShowExceptionDetails = true;
$wgDiff3 = '/usr/bin/diff3';
$wgGroupPermissions['sysop']['deleterevision'] = true;
$wgGroupPermissions['sysop']['deletelogentry'] = true;
wfLoadExtension( 'ParserFunctions' );
wfLoadExtension( 'Cite' );
wfLoadExtension( 'Interwiki' );
if ( $key === 'movilab' ) { // the wiki with guardians
	wfLoadExtension( 'AbuseFilter' );
	wfLoadExtension( 'SpamBlacklist' );
	wfLoadExtension( 'TitleBlacklist' );
	$wgBlacklistSettings = [ 'spam' => [ 'files' => [] ] ];
	$wgTitleBlacklistSources = [ 'local' => [ 'type' => 'localpage', 'src' => 'MediaWiki:Titleblacklist' ] ];
	$wgGroupPermissions['sysop']['abusefilter-modify'] = true;
	$wgGroupPermissions['bot']['sboverride'] = false; // 1.43 lets bots write any address: a wiki may think otherwise
}
$wgEnablePartialActionBlocks = true;
if ( $key === 'communs' || $key === 'movilab' ) {
	// as Page Forms names it: by the language of the wiki, with its canonical name
	$wgExtraNamespaces[106] = 'Formulaire';
	$wgExtraNamespaces[107] = 'Discussion_formulaire';
	$wgHooks['CanonicalNamespaces'][] = static function ( &$list ) { $list[106] = 'Form'; $list[107] = 'Form_talk'; };
}
if ( $key === 'wikiversite' ) {
	$wgExtraNamespaces += [ 102 => 'Projet', 104 => 'Recherche', 105 => 'Discussion_Recherche', 106 => 'Faculté', 108 => 'Département' ];
	$wgNamespaceAliases['Research'] = 104;
	$wgContentNamespaces[] = 104;
}
// A stock wiki lets a bot make 90 edits a minute: so does one of ours.
if ( $key !== 'movilab' ) { $wgGroupPermissions['bot']['noratelimit'] = true; }
$wgGroupPermissions['user']['noratelimit'] = true;

// For eyes only: what asks the API needs no skin.
if ( in_array( basename( $_SERVER['SCRIPT_NAME'] ?? '' ), [ 'index.php', 'load.php' ] ) ) {
	foreach ( [ 'Vector', 'MonoBook', 'Timeless' ] as $skin ) { wfLoadSkin( $skin ); }
	$wgDefaultSkin = 'vector';
	$wgLogos = [ '1x' => 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E' ];
}

// Trouble on demand: the tests write what should go wrong into a file.
$trouble = json_decode( @file_get_contents( "$farm/trouble-$key.json" ) ?: '{}', true );
if ( isset( $trouble['readonly'] ) ) { $wgReadOnly = $trouble['readonly']; }
if ( isset( $trouble['small'] ) ) { $wgCapitalLinks = false; }
if ( isset( $trouble['private'] ) ) { $wgGroupPermissions['*']['read'] = $wgGroupPermissions['*']['edit'] = false; }
if ( isset( $trouble['hidden'] ) ) { // as Lockdown and its kin do it
	$wgHooks['getUserPermissionsErrors'][] = static function ( $title, $user, $action, &$result ) use ( $trouble ) {
		$result = [ 'badaccess-group0' ];
		return !( $action === 'read' && $title->getPrefixedText() === $trouble['hidden'] );
	};
}
if ( isset( $trouble['diff3'] ) ) { $wgDiff3 = $trouble['diff3']; }
if ( isset( $trouble['maxlag'] ) ) {
	$wgHooks['ApiMaxLagInfo'][] = static function ( &$lag ) use ( $trouble, $farm, $key ) {
		$lag = [ 'host' => 'replica', 'lag' => $trouble['maxlag'], 'type' => 'db' ];
		unlink( "$farm/trouble-$key.json" );
	};
}
if ( isset( $trouble['limit'] ) ) {
	$wgRateLimits['edit']['user'] = $trouble['limit'];
	$wgRateLimits['edit']['bot'] = $trouble['limit'];
	$wgGroupPermissions['bot']['noratelimit'] = $wgGroupPermissions['user']['noratelimit'] = false;
}
// One line a request, for the tests that count.
header_register_callback( static function () use ( $farm, $key ) { // before the answer leaves
	if ( PHP_SAPI === 'cli' ) { return; }
	$p = $_POST + $_GET;
	file_put_contents( "$farm/requests-$key.jsonl", json_encode( [ 'method' => $_SERVER['REQUEST_METHOD'], 'action' => $p['action'] ?? '',
		'modules' => trim( ( $p['prop'] ?? '' ) . '|' . ( $p['list'] ?? '' ) . '|' . ( $p['meta'] ?? '' ) . '|' . ( $p['generator'] ?? '' ), '|' ),
		'items' => isset( $p['titles'] ) ? substr_count( $p['titles'], '|' ) + 1 : ( isset( $p['revids'] ) ? substr_count( $p['revids'], '|' ) + 1 : 0 ),
		'agent' => $_SERVER['HTTP_USER_AGENT'] ?? '' ] ) . "\n", FILE_APPEND | LOCK_EX );
} );
